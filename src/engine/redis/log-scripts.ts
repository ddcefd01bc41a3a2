// What runs inside Redis for one log: every script touches the keys of that log only, so all of it is on one hash slot and happens at once.
//
// KEYS 1 to 7 are always the log's own (`RedisKeys.log`): its state, its entries, its members with their joining, the members' ids in order, its cursors,
// the numbers that were taken silently, and the channel of its feed. Further keys are named where a script takes some.
//
// What took place at a number is kept with it, so that whoever missed the publication reads the same from the log: '+' and a client that joined, '-' and one
// that left, '!' for the room's deletion, '' for nothing; and how many members there were then.
//
// A server that begins to write a log, after another one or after its own restart, may not have the newest of what was written before: its entries have another
// incarnation, so that no id stands for two bodies. Which server it is says `run_id`, which no two processes share.
import { logScript as script } from './log-script.js';

/**
 * Appends. ARGV: '1' for a client's own log, its owner, the servers at which the store began, entries kept, milliseconds entries are kept, milliseconds ids are remembered, cutoff
 * of entries, cutoff of ids; then for each request: type, data, time, author or '', number of its key of KEYS or '0'.
 */
export const APPEND = script(`
local personal, owner, first_servers, max, ttl, id_ttl = ARGV[1] == '1', ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local cutoff, id_cutoff = tonumber(ARGV[7]), tonumber(ARGV[8])
local log = load()
local out = {}
if log == nil and personal then log = new_log(first_servers) end
local refused = log == nil or log.deleted
if not refused then claim(log) end
for i = 9, #ARGV, 5 do
  local at, author, place = ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4])
  local known = place > 0 and not refused and redis.call('GET', KEYS[place])
  if known then
    local seq, first_inc, first_at = string.match(known, '(%d+):(%d+):(%d+)')
    if tonumber(first_at) > id_cutoff then
      local found = redis.call('XRANGE', E, seq .. '-' .. first_inc, seq .. '-' .. first_inc)
      local data = false
      if found[1] and tonumber(found[1][2][6]) >= cutoff then data = found[1][2][4] end
      out[#out + 1] = { 'repeated', tonumber(seq), tonumber(first_inc), tonumber(first_at), data }
      -- A write, so that whoever waits for replicas waits for those that have the first one too.
      redis.call('SET', KEYS[place], known, 'KEEPTTL')
    else
      known = false
    end
  end
  if not known then
    local allowed = not refused
    if allowed and author ~= '' then
      if personal then allowed = author == owner else allowed = redis.call('HEXISTS', M, author) == 1 end
    end
    if allowed then
      local seq = add(log, max, ttl, ARGV[i], ARGV[i + 1], at, '')
      if place > 0 then redis.call('SET', KEYS[place], seq .. ':' .. log.inc .. ':' .. at, 'PX', id_ttl) end
      out[#out + 1] = { 'appended', seq, log.inc }
    else
      out[#out + 1] = { 'refused' }
    end
  end
end
if not refused then redis.call('HSET', L, 'head', log.head, 'inc', log.inc) end
finish()
return { personal and 1 or (log and log.n or 0), log and log.inc or 0, out }
`);

/** Reads entries. ARGV: after, limit, cutoff, most bytes of data (the first entry is read whatever its size). Returns head, whether more follow, entries. */
export const READ = script(`
local after, limit, cutoff, bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local log = load()
if log == nil then return { 0, 0, {} } end
local out = {}
local first = first_kept(after, cutoff)
if first == nil then return { log.head, 0, out } end
local more = 0
local position = first - 1
while true do
  local asked = math.min(limit - #out, 64)
  if asked <= 0 or bytes <= 0 then
    more = #range(position, 1)
    break
  end
  local items = range(position, asked)
  for _, item in ipairs(items) do
    if bytes <= 0 then break end
    local seq, inc, kind, data, at = entry(item)
    out[#out + 1] = { seq, inc, kind, data, at }
    bytes = bytes - #data
    position = seq
  end
  if #items < asked and bytes > 0 then break end
end
return { log.head, more, out }
`);

/** Numbers and times of entries, newest first. ARGV: after, before, limit. */
export const READ_BACK = script(`
local out = {}
local items = redis.call('XREVRANGE', E, '(' .. ARGV[2] .. '-0', '(' .. ARGV[1] .. LAST, 'COUNT', ARGV[3])
for _, item in ipairs(items) do
  local seq, _, _, _, at = entry(item)
  out[#out + 1] = seq
  out[#out + 1] = at
end
return out
`);

/**
 * Where a client stands in a log. ARGV: client, device, '1' for its own log, after or '-1' for its cursor, cutoff. Returns head, incarnation, number and
 * incarnation of the newest entry, and whether the room is deleted; for a client that receives from there also members, position, up to where it has fallen out, silent numbers of that, and behind it.
 */
export const STAND = script(`
local client, device, personal, after, cutoff = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), tonumber(ARGV[5])
local log = load()
if log == nil then return { 0, 0, 0, 0, 0 } end
local joined = personal and 0 or member(client)
local newest_seq, newest_inc = newest()
if joined == nil then return { log.head, log.inc, newest_seq, newest_inc, log.deleted and 1 or 0 } end
if after < 0 then
  local own = cursors(client)[device]
  after = own and own[1] or 0
end
after = math.max(after, joined)
local cut = log.head
if after < log.head then cut = (first_kept(after, cutoff) or log.head + 1) - 1 end
return { log.head, log.inc, newest_seq, newest_inc, log.deleted and 1 or 0, personal and 1 or log.n, after, cut, silent(after, cut), silent(cut, log.head) }
`);

/**
 * What the feed brought behind a number, as far as it is kept, young or not. ARGV: after, limit. Returns head, incarnation, then for each entry number, incarnation,
 * members, time, change, type, data, and for each silent number the same without type and data; each of both in their order.
 */
export const READ_FEED = script(`
local log = load()
if log == nil then return { 0, 0, {}, {} } end
local entries, silents = {}, {}
for i, item in ipairs(range(ARGV[1], ARGV[2])) do
  local seq, inc, kind, data, at, n, change = entry(item)
  entries[i] = { seq, inc, n, at, change, kind, data }
end
for i, text in ipairs(redis.call('ZRANGE', S, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])) do
  local seq, at, n, change = string.match(text, '^(%d+):(%d+):(%d+):(.*)$')
  silents[i] = { tonumber(seq), log.inc, tonumber(n), tonumber(at), change }
end
return { log.head, log.inc, entries, silents }
`);

/** Whether an entry is what it was. ARGV: number, incarnation. Returns that, head and incarnation. */
export const VERIFY = script(`
local log = load() or { head = 0, inc = 0 }
local id = ARGV[1] .. '-' .. ARGV[2]
return { #redis.call('XRANGE', E, id, id), log.head, log.inc }
`);

/** The positions from which clients receive. ARGV: the log's owner or '', clients. Returns head, incarnation, number and incarnation of the newest entry, members, whether deleted, and for each the number it joined at, or -1. */
export const POSITIONS = script(`
local log = load()
if log == nil then log = { head = 0, inc = 0, n = 0 } end
local owner, out = ARGV[1], {}
for i = 2, #ARGV do
  if owner == '' then
    out[i - 1] = member(ARGV[i]) or -1
  else
    out[i - 1] = ARGV[i] == owner and 0 or -1
  end
end
local newest_seq, newest_inc = newest()
return { log.head, log.inc, newest_seq, newest_inc, owner == '' and log.n or 1, log.deleted and 1 or 0, out }
`);

/** Numbers taken silently. ARGV: after, through. */
export const COUNT_SILENT = script(`return silent(tonumber(ARGV[1]), tonumber(ARGV[2]))`);

/** Makes a room. ARGV: the servers at which the store began, properties as JSON text, time, members. Returns its head, or -1 when it is there, and incarnation. */
export const CREATE = script(`
local log = load()
if log and not log.deleted then return { -1, 0 } end
if log then claim(log) else log = new_log(ARGV[1]) end
redis.call('DEL', E, M, O, C, S)
redis.call('HDEL', L, 'deleted')
local head = log.head
redis.call('HSET', L, 'head', head, 'inc', log.inc, 'n', #ARGV - 3, 'props', ARGV[2], 'created', ARGV[3])
for i = 4, #ARGV do
  redis.call('HSET', M, ARGV[i], head .. ':' .. ARGV[3])
  redis.call('ZADD', O, 0, ARGV[i])
end
return { head, log.inc }
`);

/** A live room: properties, time of its making, members, head. */
export const GET = script(`
local log = live()
if log == nil then return false end
local f = redis.call('HMGET', L, 'props', 'created')
return { f[1], tonumber(f[2]), log.n, log.head }
`);

/** Changes properties that are still as expected. ARGV: expected, new, entries kept, milliseconds kept, data, time. Returns seq, incarnation, members; -1 when they are not, -2 without a room. */
export const UPDATE = script(`
local log = live()
if log == nil then return { -2 } end
if redis.call('HGET', L, 'props') ~= ARGV[1] then return { -1 } end
claim(log)
local seq = add(log, ARGV[3], ARGV[4], 'room_update', ARGV[5], ARGV[6], '')
redis.call('HSET', L, 'props', ARGV[2], 'head', log.head)
finish()
return { seq, log.inc, log.n }
`);

/** Deletes a room. ARGV: entries kept, milliseconds kept, data, time. Returns seq, incarnation; -2 without a room. */
export const DELETE = script(`
local log = live()
if log == nil then return { -2 } end
claim(log)
log.n = 0
local seq = add(log, ARGV[1], ARGV[2], 'room_update', ARGV[3], ARGV[4], '!')
redis.call('HSET', L, 'deleted', ARGV[4], 'n', 0, 'head', log.head)
finish()
-- Members get what is queued as long as it is kept, and nothing afterwards.
for _, key in ipairs({ M, O, C, S }) do redis.call('PEXPIRE', key, ARGV[2]) end
return { seq, log.inc }
`);

/**
 * Changes members. ARGV: entries kept, milliseconds kept, time, '1' when silent, cutoff; then for each change: 'add' or 'remove', client, data.
 * Returns incarnation and, for each that changed something, its place (from 0), seq and members after it; false without a room.
 */
export const CHANGE_MEMBERS = script(`
local max, ttl, at, quiet, cutoff = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', tonumber(ARGV[5])
local log = live()
if log == nil then return false end
claim(log)
local out = {}
for i = 6, #ARGV, 3 do
  local client = ARGV[i + 1]
  local changed
  if ARGV[i] == 'add' then
    changed = redis.call('HSETNX', M, client, log.head .. ':' .. at) == 1
    if changed then
      redis.call('ZADD', O, 0, client)
      log.n = log.n + 1
    end
  else
    changed = redis.call('HDEL', M, client) == 1
    if changed then
      redis.call('ZREM', O, client)
      redis.call('HDEL', C, client)
      log.n = log.n - 1
    end
  end
  if changed then
    local change = (ARGV[i] == 'add' and '+' or '-') .. client
    if quiet then
      log.head = log.head + 1
      redis.call('ZADD', S, log.head, table.concat({ log.head, at, log.n, change }, ':'))
      announce(log, log.n, change, '', '', at)
    else
      add(log, max, ttl, 'room_update', ARGV[i + 2], at, change)
    end
    out[#out + 1] = { (i - 6) / 3, log.head, log.n }
  end
end
if quiet then
  while true do
    local oldest = redis.call('ZRANGE', S, 0, 0)[1]
    if not oldest or tonumber(string.match(oldest, ':(%d+):')) >= cutoff then break end
    redis.call('ZPOPMIN', S)
  end
end
if #out > 0 then redis.call('HSET', L, 'head', log.head, 'n', log.n) end
finish()
return { log.inc, out }
`);

/** A member of a live room: joined_seq and time; or false. ARGV: client. */
export const GET_MEMBER = script(`
if live() == nil then return false end
local seq, at = member(ARGV[1])
return seq and { seq, at } or false
`);

/** Which of these clients are members; the room may be deleted. ARGV: clients. */
export const WHICH_ARE_MEMBERS = script(`
local out = {}
for i, client in ipairs(ARGV) do out[i] = redis.call('HEXISTS', M, client) end
return out
`);

/** Members of a live room in the order of their ids, as client, joined_seq, time. ARGV: after or '', limit. */
export const LIST_MEMBERS = script(`
if live() == nil then return false end
local out = {}
for i, client in ipairs(clients_after(ARGV[1], ARGV[2])) do
  local seq, at = member(client)
  out[i] = { client, seq, at }
end
return out
`);

/** How far members got with an entry, in the order of their ids, as client, joined_seq, time acknowledged or -1, time delivered or -1. ARGV: seq, after or '', limit. Returns head first. */
export const PROGRESS = script(`
local log = live()
if log == nil then return false end
local asked = tonumber(ARGV[1])

local function fell_out(cursor)
  return cursor[5] ~= nil and cursor[5] <= asked and asked <= cursor[6]
end

local out = {}
for i, client in ipairs(clients_after(ARGV[2], ARGV[3])) do
  local acknowledged, delivered = -1, -1
  for _, cursor in pairs(cursors(client)) do
    if not fell_out(cursor) then
      if cursor[3] >= asked then acknowledged = math.max(acknowledged, cursor[4]) end
      if cursor[1] >= asked then delivered = math.max(delivered, cursor[2]) end
    end
  end
  out[i] = { client, (member(client)), acknowledged, delivered }
end
return { log.head, out }
`);

/** Raises cursors. ARGV: the log's owner or '', the incarnation that was delivered or '-1' for any: what stands behind it may be another entry by now; then for each: client, device, seq, client's seq, time, what fell out on the way from and through or 0. Returns for each the best position before, or -1. */
export const SAVE_CURSORS = script(`
local owner, delivered = ARGV[1], tonumber(ARGV[2])
local log = load()
if log and delivered >= 0 and log.inc ~= delivered then log = nil end
local out = {}
for i = 3, #ARGV, 7 do
  local client, device, at, dropped_to = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 4]), tonumber(ARGV[i + 6])
  local joined
  if log and owner ~= '' then joined = client == owner and 0 or nil elseif log then joined = member(client) end
  if joined == nil then
    out[#out + 1] = -1
  else
    local seq, client_seq = math.min(tonumber(ARGV[i + 2]), log.head), math.min(tonumber(ARGV[i + 3]), log.head)
    local all = cursors(client)
    local best = joined
    for _, cursor in pairs(all) do best = math.max(best, cursor[1]) end
    local known = all[device]
    local own = known or { seq, at, client_seq, at }
    local raised = known == nil
    if dropped_to > (known and known[1] or 0) then own[5], own[6], raised = tonumber(ARGV[i + 5]), dropped_to, true end
    if seq > own[1] then own[1], own[2], raised = seq, at, true end
    if client_seq > own[3] then own[3], own[4], raised = client_seq, at, true end
    if raised then
      all[device] = own
      redis.call('HSET', C, client, cmsgpack.pack(all))
    end
    out[#out + 1] = best
  end
end
return out
`);

/** KEYS: where the store began. ARGV: the servers there are. Notes them, if no others are noted, and returns which are. */
export const BEGIN = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
`;
