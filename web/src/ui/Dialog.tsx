import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '@/i18n/language'
import classes from './Dialogs.module.css'
import { uiMessages } from './messages'

/** A question before something is done, in the middle of the screen. */
export function Dialog(props: { title: ReactNode; close: () => void; size?: string | number; children: ReactNode }) {
  const t = useMessages(uiMessages)
  return (
    <Modal.Root opened onClose={props.close} size={props.size}>
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
