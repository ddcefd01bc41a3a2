// What runs inside Redis while a store is moved here, and to compare it afterwards. KEYS 1 to 7 are a log's own, as in log-scripts.ts.
import { logScript } from './log-script.js';
import { OUTBOX_PRELUDE } from './outbox-scripts.js';
import { presenceScript } from './presence-script.js';

/** Makes a log with nothing in it. ARGV: head, incarnation, '1' when it goes on in that, members or '' for a client's own log, properties, time of its making, time of its deletion or ''. */
export const START_LOG = logScript(`
redis.call('DEL', L, E, M, O, C, S)
redis.call('HSET', L, 'head', ARGV[1], 'inc', ARGV[2])
if ARGV[3] == '1' then redis.call('HSET', L, 'server', server()) end
if ARGV[4] ~= '' then redis.call('HSET', L, 'n', ARGV[4], 'props', ARGV[5], 'created', ARGV[6]) end
if ARGV[7] ~= '' then redis.call('HSET', L, 'deleted', ARGV[7]) end
`);

/** ARGV: for each member client, joined_seq, time. */
export const ADD_MEMBERS = logScript(`
for i = 1, #ARGV, 3 do
  redis.call('HSET', M, ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2])
  redis.call('ZADD', O, 0, ARGV[i])
end
`);

/** ARGV: for each cursor client, device, seq, time, client's seq, time, what fell out from and through or 0. */
export const ADD_CURSORS = logScript(`
for i = 1, #ARGV, 8 do
  local all = cursors(ARGV[i])
  all[ARGV[i + 1]] = { tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]), tonumber(ARGV[i + 6]), tonumber(ARGV[i + 7]) }
  redis.call('HSET', C, ARGV[i], cmsgpack.pack(all))
end
`);

/** ARGV: milliseconds to keep them, members; then for each entry seq, incarnation, type, data, time. Nobody has followed the log before them, so what they changed of its members is of no use to anybody. */
export const ADD_ENTRIES = logScript(`
for i = 3, #ARGV, 5 do
  redis.call('XADD', E, ARGV[i] .. '-' .. ARGV[i + 1], 't', ARGV[i + 2], 'd', ARGV[i + 3], 'a', ARGV[i + 4], 'n', ARGV[2], 'c', '')
end
redis.call('PEXPIRE', E, ARGV[1])
`);

/** ARGV: members; then for each number seq, time. */
export const ADD_SILENT = logScript(`
for i = 2, #ARGV, 2 do redis.call('ZADD', S, ARGV[i], table.concat({ ARGV[i], ARGV[i + 1], ARGV[1], '' }, ':')) end
`);

/** ARGV: clients. Returns for each joined_seq and time, or false. */
export const MEMBERS_OF = logScript(`
local out = {}
for i, client in ipairs(ARGV) do
  local seq, at = member(client)
  out[i] = seq and redis.call('ZSCORE', O, client) and { seq, at }
end
return out
`);

/** ARGV: for each cursor client, device. Returns for each seq, time, client's seq, time, what fell out from and through, or false. */
export const CURSORS_OF = logScript(`
local out = {}
for i = 1, #ARGV, 2 do out[#out + 1] = cursors(ARGV[i])[ARGV[i + 1]] or false end
return out
`);

/** How many members there are, and how many cursors. */
export const COUNT = logScript(`
local devices = 0
for _, packed in ipairs(redis.call('HVALS', C)) do
  for _ in pairs(cmsgpack.unpack(packed)) do devices = devices + 1 end
end
return { redis.call('ZCOUNT', O, '-inf', '+inf'), devices }
`);

/**
 * ARGV: who answers for those that are present, '1' when positions go on; then for each client, status, time it was last seen, position. KEYS 7: the clients that are present by that one.
 */
export const ADD_PRESENCE = presenceScript(`
local node = ARGV[1]
local newest = tonumber(redis.call('GET', POSITION) or '0')
if ARGV[2] == '1' then redis.call('SET', SERVER, server()) end
for i = 3, #ARGV, 4 do
  local client, status, position = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  redis.call('ZADD', CHANGES, position, client)
  redis.call('HSET', STATUSES, client, status .. ':' .. ARGV[i + 2] .. ':' .. position)
  local present = status ~= 'offline'
  note(client, present and { [node] = status } or {})
  redis.call(present and 'SADD' or 'SREM', KEYS[7], client)
  newest = math.max(newest, tonumber(position))
end
redis.call('SET', POSITION, string.format('%.0f', newest))
`);

/** ARGV: clients. Returns for each its status as it is stored, if it has its place among the changes too, or false. */
export const PRESENCE_OF = presenceScript(`
local out = {}
for i, client in ipairs(ARGV) do
  local text = redis.call('HGET', STATUSES, client)
  local position = redis.call('ZSCORE', CHANGES, client)
  out[i] = text and position and tonumber(string.match(text, '(%d+)$')) == tonumber(position) and text
end
return out
`);

/** Of one destination of the outbox. ARGV: milliseconds to keep it; then for each message id, body, time it was added, when it is due, attempts. */
export const ADD_OUTBOX = `${OUTBOX_PRELUDE}
for i = 2, #ARGV, 5 do
  local id = ARGV[i]
  redis.call('HSET', MESSAGES, id, ARGV[i + 1])
  redis.call('ZADD', ADDED, ARGV[i + 2], id)
  redis.call('ZADD', DUE, ARGV[i + 3], id)
  redis.call('HSET', ATTEMPTS, id, ARGV[i + 4])
end
for _, key in ipairs({ MESSAGES, ATTEMPTS, ADDED, DUE }) do redis.call('PEXPIRE', key, ARGV[1]) end
`;

/** Of one destination of the outbox. ARGV: ids. Returns for each body, time it was added, when it is due, attempts, or false. */
export const OUTBOX_OF = `${OUTBOX_PRELUDE}
local out = {}
for i, id in ipairs(ARGV) do
  local body, added, due = redis.call('HGET', MESSAGES, id), redis.call('ZSCORE', ADDED, id), redis.call('ZSCORE', DUE, id)
  out[i] = body and added and due and { body, added, due, redis.call('HGET', ATTEMPTS, id) or '0' }
end
return out
`;
