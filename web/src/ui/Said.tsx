/** A sentence of the server's, its `names` set as names; with `whole`, one that stands by itself. */
export function Said(props: { children: string; whole?: boolean }) {
  const said = props.whole ? props.children.charAt(0).toUpperCase() + props.children.slice(1) : props.children
  return (
    <>
      {said.split('`').map((part, place) =>
        place % 2 === 1 ? <code key={place} className="name">{part}</code> : part,
      )}
    </>
  )
}
