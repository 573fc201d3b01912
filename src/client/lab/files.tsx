/** The call as files, while it runs and after it. */
import type { ComponentChildren } from "preact";
import { Icon } from "../views/icon.tsx";
import { saveAll, saveCall, saveEvents } from "./save.ts";
import { choose, log, logVersion, now } from "./state.ts";

export function Files() {
  void logVersion.value;
  const at = now.value;
  const said = (at?.call.rows.length ?? 0) > 0;
  const logged = log.entries.length > 0;
  return (
    <>
      <Part
        title="Transcript"
        says="What was said and done, with the time into the call. What was not heard is not in it."
      >
        <Save word="Text" off={!said} onClick={() => saveCall("txt")} />
        <Save word="Captions (WebVTT)" off={!said} onClick={() => saveCall("vtt")} />
        <Save word="JSON" off={!said} onClick={() => saveCall("json")} />
      </Part>
      <Part
        title="Events"
        says="What passed between the call and its engine since the log was on. Sound is told by its length."
      >
        <Save word="Text" off={!logged} onClick={() => saveEvents("txt")} />
        <Save word="JSON" off={!logged} onClick={() => saveEvents("json")} />
      </Part>
      <Part title="Everything" says="Words, tools, events, times and settings in one file. Keys are never in it.">
        <Save word="JSON" off={!said && !logged} onClick={saveAll} />
      </Part>
      <section class="lab-part">
        <h3>In the transcript</h3>
        <label class="field field-check">
          <input
            type="checkbox"
            checked={at?.settings.times ?? true}
            onChange={(event) => choose({ times: event.currentTarget.checked })}
          />
          <span>Show times</span>
          <small>When each turn began, above it.</small>
        </label>
      </section>
    </>
  );
}

function Part({ title, says, children }: { title: string; says: string; children: ComponentChildren }) {
  return (
    <section class="lab-part">
      <h3>{title}</h3>
      <p class="quiet">{says}</p>
      <div class="lab-buttons">{children}</div>
    </section>
  );
}

function Save({ word, off, onClick }: { word: string; off: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button" disabled={off} onClick={onClick}>
      <Icon name="download" size={18} />
      {word}
    </button>
  );
}
