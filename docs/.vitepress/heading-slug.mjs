// The anchor of a heading, as GitHub makes it: links to headings work in both places.

/**
 * @param {string} text a heading's, without markup
 * @returns {string}
 */
export function headingSlug(text) {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation}\- ]/gu, '')
    .replaceAll(' ', '-');
}
