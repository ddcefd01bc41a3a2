// A client's id, with the way to its page.
import type { VNode } from 'preact';
import { linkTo } from '../router.js';

export function ClientLink({ id }: { id: string }): VNode {
  return (
    <a class="id" href={linkTo('clients', id)}>
      {id}
    </a>
  );
}
