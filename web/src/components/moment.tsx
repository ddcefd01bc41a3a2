// A point in time: the time of day if that was today, with the whole of it at hover.
import type { VNode } from 'preact';
import { dateAndTime, timeOfDay } from '../format.js';

export function Moment({ at }: { at: string }): VNode {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={dateAndTime(at)}>
      {today ? timeOfDay(at) : dateAndTime(at)}
    </time>
  );
}
