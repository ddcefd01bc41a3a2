// ```mermaid blocks become <MermaidDiagram>, which draws them in the browser.

/** @param {import('markdown-it').default} markdown */
export function diagrams(markdown) {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<MermaidDiagram source="${encodeURIComponent(content)}" />\n`;
  };
}
