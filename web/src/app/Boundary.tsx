import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { Link } from 'wouter'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'
import { shellMessages } from './messages'
import { start } from './nav'

interface Props {
  /** What is shown; once it is another, what failed before is forgotten. */
  of: string
  children: ReactNode
}

/** Keeps what fails in one screen to that screen: it says so, and all around it stays. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidUpdate(before: Props) {
    if (before.of !== this.props.of && this.state.failed) this.setState({ failed: false })
  }

  override render() {
    return this.state.failed ? <Broken again={() => this.setState({ failed: false })} /> : this.props.children
  }
}

/** A screen that could not be drawn: nothing of the data is wrong with that, and there are ways on. */
function Broken(props: { again: () => void }) {
  const t = useMessages(shellMessages)
  return (
    <Page title={t.broken}>
      <EmptyState
        kind="failed"
        title={t.brokenWhy}
        why={t.brokenMore}
        action={
          <>
            <Button variant="default" onClick={() => location.reload()}>
              {t.reload}
            </Button>{' '}
            <Button component={Link} href={start} variant="subtle" onClick={props.again}>
              {t.begin}
            </Button>
          </>
        }
      />
    </Page>
  )
}
