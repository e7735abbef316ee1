import { Drawer, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '@/i18n/language'
import classes from './Dialogs.module.css'
import { uiMessages } from './messages'

interface Opened {
  title: string
  close: () => void
  children: ReactNode
}

/** Something beside the screen: its head is no second banner, and the button that closes it has a name. */
export function Sheet(props: Opened & { opened: boolean }) {
  const t = useMessages(uiMessages)
  return (
    <Drawer.Root opened={props.opened} onClose={props.close} position="right" size="lg">
      <Drawer.Overlay />
      <Drawer.Content>
        <div className={classes.head}>
          <Drawer.Title>{props.title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t.close} />
        </div>
        <Drawer.Body>{props.children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

/** A question before something is done, in the middle of the screen. */
export function Dialog(props: Opened) {
  const t = useMessages(uiMessages)
  return (
    <Modal.Root opened onClose={props.close}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title>{props.title}</Modal.Title>
          <Modal.CloseButton aria-label={t.close} />
        </div>
        <Modal.Body>{props.children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
