// What runs inside Redis for one destination of the outbox, which is on one hash slot.
//
// KEYS are always its own (`RedisKeys.outbox`): bodies of messages by id, attempts by id, and by time when messages were added, when they are due (while one is claimed:
// when its lease ends), and which ids are remembered.

/** Ids that are forgotten by one script, at most. */
const FORGOTTEN_AT_ONCE = 1_000;

/** What the scripts have in common. */
export const OUTBOX_PRELUDE = `
local MESSAGES, ATTEMPTS, ADDED, DUE, REMEMBERED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local function remove(id)
  redis.call('HDEL', MESSAGES, id)
  redis.call('HDEL', ATTEMPTS, id)
  redis.call('ZREM', ADDED, id)
  redis.call('ZREM', DUE, id)
end
`;

/** ARGV: time, most messages, milliseconds for which ids are remembered, milliseconds for which all of it is kept; then for each message id, body. Returns how many were added, and how many went. */
export const ADD_MESSAGES = `${OUTBOX_PRELUDE}
local now, max, remember_ms, keep_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
for _, id in ipairs(redis.call('ZRANGE', REMEMBERED, '-inf', now - remember_ms, 'BYSCORE', 'LIMIT', 0, ${FORGOTTEN_AT_ONCE})) do redis.call('ZREM', REMEMBERED, id) end
local added = 0
for i = 5, #ARGV, 2 do
  local id = ARGV[i]
  if redis.call('ZADD', REMEMBERED, 'NX', now, id) == 1 and not redis.call('HGET', MESSAGES, id) then
    redis.call('HSET', MESSAGES, id, ARGV[i + 1])
    redis.call('ZADD', ADDED, now, id)
    redis.call('ZADD', DUE, now, id)
    added = added + 1
  end
end
local excess = math.max(0, redis.call('ZCOUNT', ADDED, '-inf', '+inf') - max)
if excess > 0 then
  for _, id in ipairs(redis.call('ZRANGE', ADDED, 0, excess - 1)) do remove(id) end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep_ms) end
return { added, excess }
`;

/** ARGV: time, how many, milliseconds of the lease. Returns when the next is due or '', and for each message that was taken id, body, time it was added, attempt. */
export const CLAIM_MESSAGES = `${OUTBOX_PRELUDE}
local now, limit, lease_ms = ARGV[1], ARGV[2], ARGV[3]
local out = { '' }
for _, id in ipairs(redis.call('ZRANGE', DUE, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit)) do
  local body, added = redis.call('HGET', MESSAGES, id), redis.call('ZSCORE', ADDED, id)
  if body and added then
    local attempt = (redis.call('HGET', ATTEMPTS, id) or 0) + 1
    redis.call('HSET', ATTEMPTS, id, attempt)
    redis.call('ZADD', DUE, now + lease_ms, id)
    for _, part in ipairs({ id, body, added, attempt }) do out[#out + 1] = part end
  else
    remove(id)
  end
end
out[1] = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')[2] or ''
return out
`;

/** ARGV: id, the attempt that it was claimed by, when it is due. */
export const POSTPONE_MESSAGE = `${OUTBOX_PRELUDE}
if redis.call('HGET', ATTEMPTS, ARGV[1]) == ARGV[2] and redis.call('ZSCORE', DUE, ARGV[1]) then redis.call('ZADD', DUE, ARGV[3], ARGV[1]) end
`;

/** ARGV: ids. */
export const REMOVE_MESSAGES = `${OUTBOX_PRELUDE}
for _, id in ipairs(ARGV) do remove(id) end
`;

/** Returns how many there are, and when the oldest was added or ''. */
export const INSPECT_MESSAGES = `${OUTBOX_PRELUDE}
return { redis.call('ZCOUNT', ADDED, '-inf', '+inf'), redis.call('ZRANGE', ADDED, 0, 0, 'WITHSCORES')[2] or '' }
`;
