// VitePress's own theme without its web font, and with diagrams.
import DefaultTheme from 'vitepress/theme-without-fonts';
import MermaidDiagram from './MermaidDiagram.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('MermaidDiagram', MermaidDiagram);
  },
};
