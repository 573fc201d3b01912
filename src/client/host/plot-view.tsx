/** A plot with its title, its key, one sentence that says what is in it, and its numbers as a table. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Scroll } from "./frame.tsx";
import type { Drawing } from "./plot.ts";

interface Props {
  title: string;
  /** What a person sees in it, for who cannot, and for who wants it short. */
  says: string;
  drawing: Drawing;
  /** The same numbers. */
  head: string[];
  rows: string[][];
  /** Stands in the place of the plot. */
  empty?: ComponentChildren;
}

export function Plot({ title, says, drawing, head, rows, empty }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const failed = useSignal(false);
  const instead = failed.value ? "The plot could not be drawn. The numbers are below." : empty;
  useEffect(() => {
    let away: (() => void) | undefined;
    let gone = false;
    if (empty === undefined) {
      import("./plot.ts")
        .then(({ draw }) => {
          if (!gone && box.current) away = draw(box.current, drawing);
        })
        .catch(() => (failed.value = true));
    }
    return () => {
      gone = true;
      away?.();
    };
  }, [drawing]);
  return (
    <figure class="plot">
      <figcaption>
        <h3>{title}</h3>
        <p>{says}</p>
      </figcaption>
      {instead === undefined ? (
        <div ref={box} class="plot-box" aria-hidden="true" />
      ) : (
        <p class="plot-box plot-empty">{instead}</p>
      )}
      {instead === undefined && drawing.lines.length > 1 && (
        <ul class="plot-key" aria-hidden="true">
          {drawing.lines.map(({ label, colour, shape }) => (
            <li key={label} class={`plot-${shape} plot-${colour.slice(2)}`}>
              {label}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>The numbers</summary>
        <Scroll label={`${title}: the numbers`}>
          <table class="host-table">
            <thead>
              <tr>
                {head.map((word) => (
                  <th key={word} scope="col">
                    {word}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, line) => (
                <tr key={line}>
                  {row.map((cell, index) => (
                    <td key={head[index]} class="figures-cell">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </figure>
  );
}
