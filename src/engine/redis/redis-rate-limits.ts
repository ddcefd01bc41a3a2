// Rate limits of all processes together: sliding logs in Redis, in its time.
import type { RateLimitStore, TakenHits } from '../rate-limit-store.interface.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/**
 * KEYS: hits as `time:count`, oldest first, and their total. ARGV: milliseconds of the window, limit, hits. Returns granted, used, milliseconds to wait.
 * Times are rounded up, so that no hit leaves the window too early.
 */
export const TAKE = `
local window, limit, hits = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local total = tonumber(redis.call('GET', KEYS[2]) or '0')
local function oldest()
  local text = redis.call('LINDEX', KEYS[1], 0)
  if not text then return nil end
  local at, count = string.match(text, '(%d+):(%d+)')
  return tonumber(at), tonumber(count)
end
local at, count = oldest()
while at and now - at >= window do
  redis.call('LPOP', KEYS[1])
  total = total - count
  at, count = oldest()
end
if at == nil then total = 0 end
local granted = math.max(0, math.min(hits, limit - total))
if granted > 0 then
  local here = math.ceil(now)
  local last = redis.call('LINDEX', KEYS[1], -1)
  local last_at, last_count = string.match(last or '', '(%d+):(%d+)')
  if last_at and tonumber(last_at) >= here then
    redis.call('LSET', KEYS[1], -1, last_at .. ':' .. (last_count + granted))
  else
    redis.call('RPUSH', KEYS[1], string.format('%.0f:%d', here, granted))
  end
  total = total + granted
  at = at or here
end
redis.call('SET', KEYS[2], total, 'PX', window)
redis.call('PEXPIRE', KEYS[1], window)
local wait = 0
if total >= limit and at then wait = math.ceil(at + window - now) end
return { granted, total, wait }
`;

/** Counts hits wherever they come. */
export class RedisRateLimits implements RateLimitStore {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly windowMs: number,
  ) {}

  async take(key: string, limit: number, hits: number): Promise<TakenHits> {
    const [granted, used, waitMs] = await this.redis.run<[number, number, number]>(TAKE, this.keys.rateLimit(key), [this.windowMs, limit, hits]);
    return { granted, used, waitMs };
  }

  async clear(key: string): Promise<void> {
    const [hits, total] = this.keys.rateLimit(key);
    await this.redis.command('DEL', hits, total);
  }
}
