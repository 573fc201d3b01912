/** An address below `/host` at which nothing is. */
import { Head } from "./frame.tsx";

export function LostPage() {
  return (
    <>
      <Head title="Nothing is here" />
      <p class="host-empty">
        This address leads nowhere. <a href="/host">Go to today's calls.</a>
      </p>
    </>
  );
}
