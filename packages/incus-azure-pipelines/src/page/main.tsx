import { render } from 'preact';
import { App } from './app.js';
import { keepFocus } from './keep-focus.js';
import { follow } from './stream.js';

const place = document.getElementById('page');
if (place !== null) render(<App />, place);
keepFocus();
follow();
