//! Places for connections: so many in all and of one address. Who has not yet said what it wants makes room for the next, the
//! one that has waited longest first, so that thousands who say a letter a second keep nobody out.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::task::AbortHandle;

/// All places.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    /// By age.
    taken: BTreeMap<u64, Arc<Hearing>>,
    of_peers: HashMap<IpAddr, usize>,
}

impl Open {
    /// Frees a place, unless it was freed for another already.
    fn leave(&mut self, number: u64) -> Option<Arc<Hearing>> {
        let hearing = self.taken.remove(&number)?;
        if let Some(count) = self.of_peers.get_mut(&hearing.peer) {
            *count -= 1;
            if *count == 0 {
                self.of_peers.remove(&hearing.peer);
            }
        }
        Some(hearing)
    }
}

/// A place; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    places: Arc<Places>,
    pub(super) hearing: Arc<Hearing>,
}

/// Who is at the other end of a connection, and how far their request has arrived.
#[derive(Debug)]
pub(crate) struct Hearing {
    pub(super) peer: IpAddr,
    heard: AtomicBool,
    connection: OnceLock<AbortHandle>,
}

impl Hearing {
    /// All of a request has arrived: from here on it is ours to answer.
    pub(crate) fn heard(&self) {
        self.heard.store(true, Ordering::Release);
    }

    fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Acquire)
    }

    /// It was answered; the next may come.
    pub(super) fn answered(&self) {
        self.heard.store(false, Ordering::Release);
    }

    /// Which task is to be cut off when the place is needed; said before the next connection asks for one.
    pub(super) fn set_connection(&self, connection: AbortHandle) {
        self.connection.get_or_init(|| connection);
    }

    fn cut(&self) {
        tracing::debug!("a slow connection makes room");
        if let Some(connection) = self.connection.get() {
            connection.abort();
        }
    }
}

impl Places {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// A place for one more of `peer`, which may have `most_of_peer` where it is bounded; `None` when there is none to be had.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr, most_of_peer: Option<usize>) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = open.of_peers.get(&peer).copied().unwrap_or(0);
        if most_of_peer.is_some_and(|most| of_peer >= most) {
            return None;
        }
        if open.taken.len() >= self.most {
            let idle = |(_, hearing): &(&u64, &Arc<Hearing>)| !hearing.is_heard();
            let oldest = open.taken.iter().find(idle).map(|(number, _)| *number)?;
            if let Some(hearing) = open.leave(oldest) {
                hearing.cut();
            }
        }
        let hearing = Hearing { peer, heard: AtomicBool::default(), connection: OnceLock::new() };
        let (number, hearing) = (open.next, Arc::new(hearing));
        open.next += 1;
        open.taken.insert(number, Arc::clone(&hearing));
        *open.of_peers.entry(peer).or_insert(0) += 1;
        Some(Place { number, places: Arc::clone(self), hearing })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.lock().unwrap_or_else(PoisonError::into_inner).leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinHandle;

    use super::*;

    const ANA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(9, 9, 9, 9));
    const BO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(8, 8, 8, 8));

    /// A connection that says nothing, in its place.
    #[expect(clippy::disallowed_methods, reason = "it stands for a connection, which is a task")]
    fn silent(place: &Place) -> JoinHandle<()> {
        let connection = tokio::spawn(std::future::pending());
        place.hearing.set_connection(connection.abort_handle());
        connection
    }

    #[tokio::test]
    async fn t05_who_has_not_spoken_makes_room_and_who_has_stays() {
        let places = Places::new(3);
        let [first, second, third] = std::array::from_fn(|_| places.enter(ANA, Some(3)).unwrap());
        let (of_first, of_second) = (silent(&first), silent(&second));
        assert!(places.enter(ANA, Some(3)).is_none(), "one address has so many");

        first.hearing.heard();
        let fourth = places.enter(BO, Some(3)).unwrap();
        assert!(of_second.await.unwrap_err().is_cancelled() && !of_first.is_finished());

        third.hearing.heard();
        fourth.hearing.heard();
        assert!(places.enter(BO, Some(3)).is_none(), "all are being answered");
        first.hearing.answered();
        let fifth = places.enter(ANA, Some(2));
        assert!(fifth.is_none(), "the place that was given up counts no more, the two others do");
        let fifth = places.enter(ANA, None);
        assert!(fifth.is_some() && of_first.await.unwrap_err().is_cancelled());

        drop((first, second, third, fourth, fifth));
        let open = places.open.lock().unwrap();
        assert!(open.taken.is_empty() && open.of_peers.is_empty());
    }
}
