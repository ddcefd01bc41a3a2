// What the scripts about the presence of one tenant have in common, and the one way to make such a script.
import { SERVER_AND_TIME } from './script-parts.js';

const PRELUDE = `${SERVER_AND_TIME}
local POSITION, CHANGES, STATUSES, NODES, FEED, SERVER = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

local function claim()
  local id = server()
  if redis.call('GET', SERVER) == id then return end
  redis.call('SET', POSITION, string.format('%.0f', now()))
  redis.call('SET', SERVER, id)
end

local function said_of(client)
  local packed = redis.call('HGET', NODES, client)
  return packed and cmsgpack.unpack(packed) or {}
end

local function note(client, said)
  if next(said) then redis.call('HSET', NODES, client, cmsgpack.pack(said)) else redis.call('HDEL', NODES, client) end
end

-- Online wherever one says so; away when all do; offline when nobody says anything.
local function status_of(said)
  local status = 'offline'
  for _, one in pairs(said) do
    if one == 'online' then return one end
    status = one
  end
  return status
end
`;

/** A script whose first six keys are a tenant's own, see presence-scripts.ts. */
export function presenceScript(body: string): string {
  return `${PRELUDE}${body}`;
}
