// The switch that lets a model lie on purpose, so that the gate can be watched at work. Off, the rules answer alone.

import * as api from './api.js';
import { byId, say } from './dom.js';

const box = byId('lying');
const note = byId('lying-note');
let busy = false;

/** Wires the switch; called once. */
export function start() {
  box.addEventListener('change', async () => {
    const mode = box.checked ? 'lying' : 'off';
    busy = true;
    try {
      show((await api.setModel(mode, Math.floor(Math.random() * 1e9))).mode);
    } catch (error) {
      box.checked = !box.checked;
      say(note, error.message);
    } finally {
      busy = false;
    }
  });
}

/** Shows what the model does; a program may have told it something else. */
export function show(mode) {
  if (busy && (mode === 'lying') !== box.checked) return;
  box.checked = mode === 'lying';
  say(note, NOTES[mode] ?? `The model’s mode is ${mode}.`);
}

const NOTES = {
  off: 'The rules answer. Let a model lie, and watch each lie being stopped.',
  lying: 'The model lies on purpose now. Ask for something.',
  echo: 'The model says back what you write.',
  scripted: 'The model follows a script.',
  obedient: 'The model does whatever any text tells it to.',
};
