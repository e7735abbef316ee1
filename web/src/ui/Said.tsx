/** A sentence of the server's, its `names` set as names. */
export function Said(props: { children: string }) {
  return (
    <>
      {props.children.split('`').map((part, place) =>
        place % 2 === 1 ? <code key={place} className="name">{part}</code> : part,
      )}
    </>
  )
}
