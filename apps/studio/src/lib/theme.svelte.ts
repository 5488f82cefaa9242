/** Light or dark: as the system says until the reader chooses. */

type Theme = 'light' | 'dark'

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
let system = $state<Theme>(prefersDark.matches ? 'dark' : 'light')
let chosen = $state<Theme | undefined>(document.documentElement.dataset.theme as Theme | undefined)
prefersDark.addEventListener('change', ({ matches }) => {
  system = matches ? 'dark' : 'light'
})

export const theme = {
  get current(): Theme {
    return chosen ?? system
  },
  toggle(): void {
    chosen = theme.current === 'dark' ? 'light' : 'dark'
    document.documentElement.dataset.theme = chosen
    try {
      localStorage.setItem('theme', chosen)
    } catch {
      // A browser that stores nothing forgets the choice with the page.
    }
  },
}
