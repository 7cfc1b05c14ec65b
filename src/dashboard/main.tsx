/** Starts the page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { followEvents } from './live.ts';
import { followLinks } from './router.ts';
import { applySettings } from './settings.ts';
import './style.css';

applySettings();
followLinks();
render(<App />, document.getElementById('app')!);
void followEvents();
