import { createTheme, Input, type MantineColorsTuple } from '@mantine/core'

// Slate, so that dark is designed and not inverted: text, borders, surfaces.
const dark: MantineColorsTuple = [
  '#e9ecef', '#ced2d9', '#a6acb8', '#848b98', '#5f6672',
  '#3e434d', '#2f333b', '#25282f', '#1b1d22', '#131519',
]

// Dark enough at the shades of filled buttons for white words on it.
const red: MantineColorsTuple = [
  '#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#ff6b6b', '#e03131', '#c92a2a', '#c92a2a', '#b02525',
]

export const theme = createTheme({
  fontFamily:
    '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", "SF Mono", Menlo, Consolas, monospace',
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  cursorType: 'pointer',
  defaultRadius: 8,
  colors: { dark, red },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontWeight: '620' },
  respectReducedMotion: true,
  components: {
    // What a field says of itself stands below it, so that fields beside each other stand on one line.
    InputWrapper: Input.Wrapper.extend({ defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } }),
  },
})
