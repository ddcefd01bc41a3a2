// The order of the pages. test/docs/site.spec.ts finds the page of docs/ that is missing here.

/** A page: its title in the sidebar, and its file from the project's directory, without `.md`. */
const page = (text, path) => ({ text, link: `/${path}` });

const group = (text, items, collapsed = false) => ({ text, items, collapsed });

export const sidebar = [
  group('Begin', [page('What it is', ''), page('Getting started', 'docs/getting-started'), page('Questions', 'docs/faq')]),
  group('Clients', [
    page('In the browser', 'docs/browser'),
    page('From Socket.IO', 'docs/socket-io'),
    page('The WebSocket endpoint', 'docs/websocket'),
    page('Event streams', 'docs/sse'),
    page('The client library', 'src/client/README'),
    page('React', 'examples/react/README'),
    page('How the library is made', 'docs/client'),
  ]),
  group('Backends', [
    page('Publishing', 'docs/publishing'),
    page('The HTTP API', 'docs/http-api'),
    page('Webhooks', 'docs/webhooks'),
    page('Tokens', 'docs/tokens'),
    page('Extending it', 'docs/extending'),
    page('The example application', 'examples/nest-app/README'),
  ]),
  group('Operating', [
    page('Operations', 'docs/operations'),
    page('Troubleshooting', 'docs/troubleshooting'),
    page('Many servers', 'docs/scaling'),
    page('Deployment', 'docs/deployment'),
    page('The Redis behind it', 'docs/redis'),
    page('Security', 'docs/security'),
    page('The audit trail', 'docs/audit'),
    page('The console', 'docs/console'),
    page('The log', 'docs/logs'),
    page('Traces', 'docs/tracing'),
  ]),
  group('Reference', [
    page('The command line', 'docs/cli'),
    page('Settings', 'docs/settings'),
    page('Metrics', 'docs/metrics'),
    page('Codes', 'docs/codes'),
    page('What the package exports', 'docs/api/server'),
    page('What the client exports', 'docs/api/client'),
  ]),
  group('Inside', [
    page('Architecture', 'docs/architecture'),
    page('Performance', 'docs/performance'),
    page('Benchmarks', 'docs/benchmarks'),
    page('Tests', 'docs/testing'),
    page('Changes', 'CHANGELOG'),
  ]),
];
