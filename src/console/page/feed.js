// The list of frames, newest first. Whatever arrives is shown as text, never as markup.
import { describeFrame } from './describe-frame.js';

/** Older frames leave the page, older ids are forgotten: the page may stay open for days. */
const MAX_FRAMES = 500;
const MAX_IDS = 10_000;

/** Shows frames in a list element; calls `counted(frames, duplicates)` after each change. */
export class Feed {
  #list;
  #counted;
  #ids = new Set();
  #frames = 0;
  #duplicates = 0;

  constructor(list, counted) {
    this.#list = list;
    this.#counted = counted;
  }

  /** Shows one frame; returns it parsed, undefined when it is no JSON. */
  add(text) {
    const frame = parse(text);
    const duplicate = frame?.id !== undefined && !this.#isNew(frame.id);
    this.#frames++;
    if (duplicate) this.#duplicates++;
    this.#list.prepend(this.#item(frame, text, duplicate));
    if (this.#list.childElementCount > MAX_FRAMES) this.#list.lastElementChild.remove();
    this.#counted(this.#frames, this.#duplicates);
    return frame;
  }

  /** Empties the list and its counters. The ids stay: what comes again afterwards is still a duplicate. */
  clear() {
    this.#list.replaceChildren();
    this.#frames = 0;
    this.#duplicates = 0;
    this.#counted(0, 0);
  }

  #isNew(id) {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    // A Set keeps the order of insertion: its first value is its oldest.
    if (this.#ids.size > MAX_IDS) this.#ids.delete(this.#ids.values().next().value);
    return true;
  }

  #item(frame, text, duplicate) {
    const { type, room, by, content } = describeFrame(frame, text);
    const item = node('li', '');
    item.dataset.type = type;
    const head = node('div', 'frame-head', node('span', 'type', type));
    if (room !== undefined) head.append(node('span', 'room', room));
    if (frame?.seq !== undefined) head.append(node('span', 'seq', `#${frame.seq}`));
    if (duplicate) head.append(node('span', 'duplicate', 'duplicate'));
    head.append(time(frame?.data?.timestamp));
    const body = node('p', 'content');
    if (by !== undefined) body.append(node('strong', '', by), ' ');
    body.append(content);
    const raw = node('details', '', node('summary', '', 'JSON'), node('pre', '', frame === undefined ? text : JSON.stringify(frame, undefined, 2)));
    item.append(head, body, raw);
    return item;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An element with a class and children; strings become text. */
function node(name, className, ...children) {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** The time that the frame tells, or that of its arrival. */
function time(timestamp) {
  const told = new Date(timestamp ?? Date.now());
  const moment = Number.isNaN(told.getTime()) ? new Date() : told;
  const made = node('time', '', moment.toLocaleTimeString([], { hour12: false }));
  made.dateTime = moment.toISOString();
  return made;
}
