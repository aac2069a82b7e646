-- Why a connection stands where it does, where a shop's tokens come from, and whether the newest of them has worked yet.

-- The word of a cause; NULL when nothing is to be said.
ALTER TABLE shops ADD COLUMN why TEXT;
ALTER TABLE accounts ADD COLUMN why TEXT;
ALTER TABLE user_tokens ADD COLUMN why TEXT;

-- When the channel was last asked what its token is worth.
ALTER TABLE accounts ADD COLUMN checked_at INTEGER;

-- grant, credentials or pasted
ALTER TABLE shop_tokens ADD COLUMN source TEXT NOT NULL DEFAULT 'grant';
-- Until the shop has answered a call with it, the pair that brought it is kept.
ALTER TABLE shop_tokens ADD COLUMN worked INTEGER NOT NULL DEFAULT 1;
