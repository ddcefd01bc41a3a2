// What runs inside Redis for the presence of one tenant, which is on one hash slot.
//
// KEYS 1 to 6 are always the tenant's own (`RedisKeys.presence`): the newest position, the clients by position, their statuses, where they are connected
// (what each process says of a client, packed), the channel of changes, and the server that writes. KEYS 7 are the clients that are present by the process that
// says something; with SAY a KEYS 8 may follow, where it is noted who has come or gone (PresenceJournal).
//
// A server that begins to write may not have the newest positions: it goes on from the time in milliseconds, which none has reached.
import { presenceScript } from './presence-script.js';

/**
 * A process says how clients are. ARGV: its id; then for each: client, status, time it was last seen, rooms as JSON text. Returns for each its status now, the time,
 * the position, and the status before, or ''. A status that is none elsewhere either is published.
 */
export const SAY = presenceScript(`
claim()
local node = ARGV[1]
local out = {}
for i = 2, #ARGV, 4 do
  local client, says, seen = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local said = said_of(client)
  if says == 'offline' then
    said[node] = nil
    redis.call('SREM', KEYS[7], client)
  else
    said[node] = says
    redis.call('SADD', KEYS[7], client)
  end
  note(client, said)
  local status = status_of(said)
  local known = redis.call('HGET', STATUSES, client)
  local known_status, known_seen, known_position = string.match(known or '', '^(%a+):(%d+):(%d+)$')
  if known_status == status then
    out[#out + 1] = { status, tonumber(known_seen), tonumber(known_position), known_status }
  else
    local position = redis.call('INCR', POSITION)
    redis.call('ZADD', CHANGES, position, client)
    redis.call('HSET', STATUSES, client, status .. ':' .. seen .. ':' .. position)
    redis.call('SPUBLISH', FEED, table.concat({ position, client, status, seen, ARGV[i + 3] }, '\\0'))
    if KEYS[8] and (status == 'offline') ~= ((known_status or 'offline') == 'offline') then redis.call('ZADD', KEYS[8], position, client) end
    out[#out + 1] = { status, tonumber(seen), position, known_status or '' }
  end
end
return out
`);

/** A process answers from now on for clients of one that has ended. KEYS 8: the clients of that one. ARGV: its id, the other's, how many. Returns how many there were. */
export const ADOPT = presenceScript(`
local clients = redis.call('SRANDMEMBER', KEYS[8], ARGV[3])
for _, client in ipairs(clients) do
  local said = said_of(client)
  said[ARGV[1]] = said[ARGV[1]] or said[ARGV[2]]
  said[ARGV[2]] = nil
  note(client, said)
  redis.call('SREM', KEYS[8], client)
  redis.call('SADD', KEYS[7], client)
end
return #clients
`);

/** Changes behind a position. ARGV: position, how many. Returns the newest position, and for each change client and status. */
export const READ_CHANGES = presenceScript(`
local out = {}
for _, client in ipairs(redis.call('ZRANGE', CHANGES, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])) do
  out[#out + 1] = client
  out[#out + 1] = redis.call('HGET', STATUSES, client)
end
return { tonumber(redis.call('GET', POSITION) or '0'), out }
`);

/** Who has come or gone and was not told. KEYS 7: those. ARGV: how many. Returns for each client, position, and its status as it is stored. */
export const READ_UNTOLD = presenceScript(`
local out = {}
for i, part in ipairs(redis.call('ZRANGE', KEYS[7], 0, ARGV[1] - 1, 'WITHSCORES')) do
  out[#out + 1] = part
  if i % 2 == 0 then out[#out + 1] = redis.call('HGET', STATUSES, out[#out - 1]) end
end
return out
`);

/** These were told. KEYS 7: those that were not. ARGV: for each client, position. */
export const SETTLE_TOLD = presenceScript(`
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[7], ARGV[i]) == ARGV[i + 1] then redis.call('ZREM', KEYS[7], ARGV[i]) end
end
`);

/** KEYS: devices of a client. ARGV: device, position. */
export const RAISE_POSITION = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(known) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
`;
