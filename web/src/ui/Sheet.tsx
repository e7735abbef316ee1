import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '@/i18n/language'
import classes from './Dialogs.module.css'
import { uiMessages } from './messages'

/** Something beside the screen: its head is no second banner, and the button that closes it has a name. */
export function Sheet(props: { opened: boolean; title: ReactNode; close: () => void; side?: 'left' | 'right'; size?: string | number; children: ReactNode }) {
  const t = useMessages(uiMessages)
  return (
    <Drawer.Root opened={props.opened} onClose={props.close} position={props.side ?? 'right'} size={props.size ?? 'lg'}>
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
