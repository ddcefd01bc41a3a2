// What a setting may be: decorators that read it from text, check it, and know how to say what is allowed.
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min, MinLength, ValidateBy, ValidateIf } from 'class-validator';
import { environmentName } from './setting-name.js';

const ORIGIN = '[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?';

/** Origins as browsers send them (RFC 6454 §6.2), comma-separated, or `*`. */
export const ORIGINS_PATTERN = new RegExp(`^(?:\\*|${ORIGIN}(?: *, *${ORIGIN})*)$`);

const PROXY = '(?:loopback|linklocal|uniquelocal|[0-9A-Fa-f.:]+(?:/[0-9.]+)?)';

/** What TRUST_PROXY may be. Whether an address is one is found out when the server starts. */
export const TRUST_PROXY_PATTERN = new RegExp(`^(?:true|false|[1-9]|[12][0-9]|3[0-2]|${PROXY}(?: *, *${PROXY})*)$`);

/** The URLs of Redis servers, comma-separated; from the second on they may leave out what they have in common with the first. */
export const REDIS_URL_PATTERN = /^rediss?:\/\/[^\s,]+(?: *, *[^\s,]+)*$/;

/** What is known of a setting beside its type. */
export interface SettingRule {
  /** Completes the sentence "allowed: …". */
  readonly allowed: string;
  /** Its value is never shown. */
  readonly secret: boolean;
}

const rules = new Map<string, SettingRule>();

/** The rule of a property of the settings. */
export function ruleOf(property: string): SettingRule {
  const rule = rules.get(property);
  if (rule === undefined) throw new Error(`The setting ${property} has no rule`);
  return rule;
}

/** The bounds of a number, both included. */
interface NumberRange {
  min: number;
  max: number;
  /** 0 is allowed too, and switches something off. */
  orZero?: boolean;
  /** Another setting that it has to be larger than. */
  above?: string;
}

/** A number without fractions. */
export function WholeNumber(range: NumberRange): PropertyDecorator {
  return numberSetting('a whole number', IsInt(), range);
}

/** A time in seconds, where fractions make sense. */
export function Seconds(range: NumberRange): PropertyDecorator {
  return numberSetting('a number', IsNumber({ allowNaN: false, allowInfinity: false }), range);
}

/** One of these words. */
export function OneOf(...words: readonly string[]): PropertyDecorator {
  return setting({ allowed: words.join(', '), secret: false }, [IsIn(words)]);
}

/** Any text but an empty one, or text of a certain form. */
export function Text(allowed = 'any text', pattern?: RegExp): PropertyDecorator {
  return setting({ allowed, secret: false }, [IsString(), MinLength(1), ...(pattern === undefined ? [] : [Matches(pattern)])]);
}

/** Text that may be missing, of any or a certain form. */
export function OptionalText(allowed = 'any text', pattern?: RegExp): PropertyDecorator {
  return setting({ allowed, secret: false }, [IsOptional(), IsString(), ...(pattern === undefined ? [] : [Matches(pattern)])]);
}

/** Text that is never shown, of a least length in bytes. Whether it may be missing is decided where settings are loaded. */
export function Secret(minBytes: number): PropertyDecorator {
  const longEnough = ValidateBy({
    name: 'longEnough',
    validator: { validate: (value: unknown) => typeof value === 'string' && Buffer.byteLength(value) >= minBytes },
  });
  return setting({ allowed: `${minBytes} bytes or more`, secret: true }, [IsOptional(), longEnough]);
}

/** Text that is never shown, of a certain form. It may be missing. */
export function SecretText(allowed: string, pattern: RegExp): PropertyDecorator {
  return setting({ allowed, secret: true }, [IsOptional(), IsString(), Matches(pattern)]);
}

function numberSetting(kind: string, isOfKind: PropertyDecorator, { min, max, orZero = false, above }: NumberRange): PropertyDecorator {
  const checks = [Transform(({ value }: { value: unknown }) => toNumber(value)), isOfKind, Min(min), Max(max)];
  if (orZero) checks.push(ValidateIf((_settings, value) => value !== 0));
  if (above !== undefined) checks.push(largerThan(above));
  const allowed = `${orZero ? '0, or ' : ''}${kind} from ${min} to ${max}${above === undefined ? '' : `, more than ${environmentName(above)}`}`;
  return setting({ allowed, secret: false }, checks);
}

function setting(rule: SettingRule, checks: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    rules.set(String(property), rule);
    for (const check of checks) check(target, property);
  };
}

/** Decimal digits only: what else `Number` would read (` 1`, `0x10`, `1e3`) is more likely a mistake. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function largerThan(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'largerThan',
    validator: {
      validate: (value: unknown, context) => {
        const bound = (context?.object as Record<string, unknown>)[other];
        // A bound that is no number is a fault of its own.
        return typeof bound !== 'number' || (typeof value === 'number' && value > bound);
      },
    },
  });
}
