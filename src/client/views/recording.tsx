/** After a recorded call: hear it again, or have everything of it deleted. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { ApiProblem, deleteCall, recordingUrl } from "../api.ts";
import { tell } from "../state/store.ts";

type Step = "kept" | "sure" | "deleting" | "deleted";

export function KeptCallCard({ id, recorded }: { id: string; recorded: boolean }) {
  const step = useSignal<Step>("kept");
  const remove = async () => {
    step.value = "deleting";
    try {
      await deleteCall(id);
      step.value = "deleted";
    } catch (problem) {
      step.value = "kept";
      const message = problem instanceof ApiProblem ? problem.message : "The call could not be deleted. Try again.";
      tell({ type: "local.notice", code: "delete_call", tone: "problem", message });
    }
  };
  if (step.value === "deleted") {
    return (
      <p class="kept-call" role="status">
        The call is deleted: its words{recorded ? ", its sound" : ""} and its figures. What you see here goes with this
        page.
      </p>
    );
  }
  return (
    <div class="kept-call">
      {recorded && <Player id={id} />}
      {step.value === "sure" ? (
        <div class="ended-buttons">
          <p>Delete {recorded ? "the recording and " : ""}everything Luna kept of this call?</p>
          <button type="button" class="button button-danger" onClick={() => void remove()}>
            Yes, delete
          </button>
          <button type="button" class="button" onClick={() => (step.value = "kept")}>
            Keep it
          </button>
        </div>
      ) : (
        <button
          type="button"
          class="button button-small"
          disabled={step.value === "deleting"}
          onClick={() => (step.value = "sure")}
        >
          Delete this call
        </button>
      )}
    </div>
  );
}

function Player({ id }: { id: string }) {
  const label = useId();
  const failed = useSignal(false);
  const attempt = useSignal(0);
  return (
    <div class="player">
      <p id={label}>Recording: you on the left, Luna on the right</p>
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand in the transcript above. */}
      <audio
        key={attempt.value}
        controls
        preload="none"
        aria-labelledby={label}
        src={recordingUrl(id)}
        onError={() => (failed.value = true)}
        onPlaying={() => (failed.value = false)}
      />
      {failed.value && (
        <p class="quiet" role="status">
          The recording cannot be played yet; its end may still be on the way.{" "}
          <button
            type="button"
            class="button button-small"
            onClick={() => {
              failed.value = false;
              attempt.value += 1;
            }}
          >
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
