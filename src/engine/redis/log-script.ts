// What the scripts about one log have in common, and the one way to make such a script.
import { SERVER_AND_TIME } from './script-parts.js';

const PRELUDE = `${SERVER_AND_TIME}
local L, E, M, O, C, S, F = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local LAST = '-18446744073709551615'
local PUBLISHED_AT_ONCE = 262144

local function load()
  local f = redis.call('HMGET', L, 'head', 'inc', 'n', 'deleted', 'server')
  if not f[1] then return nil end
  return { head = tonumber(f[1]), inc = tonumber(f[2]), n = tonumber(f[3] or '-1'), deleted = f[4], server = f[5] }
end

-- This server writes the log from now on; no log ever had an incarnation as new as the time.
local function claim(log)
  local id = server()
  if log.server == id then return end
  log.inc = math.max(log.inc + 1, now())
  log.server = id
  redis.call('HSET', L, 'inc', log.inc, 'server', id)
end

-- A log that is new: where the store has never been at another server, nothing of that name can have been lost.
local function new_log(first_servers)
  local id = server()
  redis.call('HSET', L, 'server', id)
  return { head = 0, inc = string.find(first_servers, id, 1, true) and 0 or now(), n = -1, server = id }
end

local function live()
  local log = load()
  if log == nil or log.deleted or log.n < 0 then return nil end
  return log
end

local news, news_size = {}, 0
local entries_end_in

-- Publishes what was announced; see feed-message.ts.
local function publish()
  if #news > 0 then redis.call('SPUBLISH', F, table.concat(news, '\\0')) end
  news, news_size = {}, 0
end

local function announce(log, n, change, kind, data, at)
  for _, field in ipairs({ log.head, log.inc, n, at, change, kind, data }) do news[#news + 1] = field end
  news_size = news_size + #data
  if news_size > PUBLISHED_AT_ONCE then publish() end
end

-- What has to be done once, whatever was written.
local function finish()
  if entries_end_in then redis.call('PEXPIRE', E, entries_end_in) end
  publish()
end

local function add(log, max, ttl, kind, data, at, change)
  local n = log.n < 0 and 1 or log.n
  log.head = log.head + 1
  redis.call('XADD', E, 'MAXLEN', '=', max, log.head .. '-' .. log.inc, 't', kind, 'd', data, 'a', at, 'n', n, 'c', change)
  entries_end_in = ttl
  announce(log, n, change, kind, data, at)
  return log.head
end

local function entry(item)
  local seq, inc = string.match(item[1], '(%d+)%-(%d+)')
  return tonumber(seq), tonumber(inc), item[2][2], item[2][4], tonumber(item[2][6]), tonumber(item[2][8]), item[2][10]
end

local function range(after, limit)
  return redis.call('XRANGE', E, '(' .. after .. LAST, '+', 'COUNT', limit)
end

-- The first entry behind 'after' that is young enough.
local function first_kept(after, cutoff)
  local chunk = 1
  while true do
    local items = range(after, chunk)
    for _, item in ipairs(items) do
      local seq, _, _, _, at = entry(item)
      if at >= cutoff then return seq end
      after = seq
    end
    if #items < chunk then return nil end
    chunk = 64
  end
end

-- The number and incarnation of the newest entry that is kept.
local function newest()
  local items = redis.call('XREVRANGE', E, '+', '-', 'COUNT', 1)
  if not items[1] then return 0, 0 end
  local seq, inc = entry(items[1])
  return seq, inc
end

local function silent(after, through)
  if through <= after then return 0 end
  return redis.call('ZCOUNT', S, '(' .. after, through)
end

local function member(client)
  local text = redis.call('HGET', M, client)
  if not text then return nil end
  local seq, at = string.match(text, '(%d+):(%d+)')
  return tonumber(seq), tonumber(at)
end

local function clients_after(after, limit)
  return redis.call('ZRANGE', O, after == '' and '-' or '(' .. after, '+', 'BYLEX', 'LIMIT', 0, limit)
end

local function cursors(client)
  local packed = redis.call('HGET', C, client)
  return packed and cmsgpack.unpack(packed) or {}
end
`;

/** A script whose first seven keys are a log's own, see log-scripts.ts. */
export function logScript(body: string): string {
  return `${PRELUDE}${body}`;
}
