// Starts the console.
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/components.css';
import './styles/plots.css';
import './styles/frames.css';
import { App } from './app.js';
import { startSampling } from './overview/sampler.js';
import { connect, DEFAULT_OPTIONS } from './playground/playground.js';
import { startRouting } from './router.js';
import { playgroundToken, takeTokensFromAddress } from './session.js';
import { applyTheme } from './theme.js';

applyTheme();
const mayConnect = takeTokensFromAddress();
startRouting();
startSampling();
render(<App />, document.getElementById('app') ?? document.body);
if (mayConnect) connect({ ...DEFAULT_OPTIONS, token: playgroundToken.value });
