import './lib/no-eval.ts'
import { mount } from 'svelte'
import App from './App.svelte'
import './lib/offline.ts'
import './styles/tokens.css'
import './styles/base.css'

// A task of its own: what scripts do at their start is enough for one.
setTimeout(() => mount(App, { target: document.getElementById('app')! }))
