import { createApp } from './create-app.js';

const app = await createApp();
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
console.log(`The shop is open at ${await app.getUrl()}`);
