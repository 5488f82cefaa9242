import './lib/no-eval.ts'
import { mount } from 'svelte'
import App from './App.svelte'
import './lib/offline.ts'
import './styles/tokens.css'
import './styles/base.css'

mount(App, { target: document.getElementById('app')! })
