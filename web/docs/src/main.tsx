// Starts the page about the API.
import { render } from 'preact';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import '../../src/styles/layout.css';
import '../../src/styles/components.css';
import './docs.css';
import { applyTheme } from '../../src/theme.js';
import { App } from './app.js';

applyTheme();
render(<App />, document.getElementById('app') ?? document.body);
