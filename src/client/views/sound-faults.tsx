/** What keeps the caller from being heard or from hearing, each with its way out; and the voice that is still on its way. */
import { goOn, readInstead, resumeSound, retryMicrophone } from "../call/current.ts";
import { inCall, microphoneFault, needsGesture, needsTap, voicePack } from "../state/store.ts";
import { packWords } from "../words.ts";
import { Icon } from "./icon.tsx";

export function SoundFaults() {
  if (!inCall.value) return null;
  const fault = microphoneFault.value;
  if (needsGesture.value) return <GoOn />;
  return (
    <>
      {needsTap.value && (
        <button type="button" class="fault fault-tap" onClick={() => void resumeSound()}>
          <Icon name="speaker-off" />
          Tap to resume the sound
        </button>
      )}
      {fault !== null && (
        <div class="fault" role="alert">
          <Icon name="mic-off" />
          <p>
            <strong>{fault.message}</strong> {fault.remedy}
          </p>
          <button type="button" class="button button-small" onClick={() => void retryMicrophone()}>
            Try again
          </button>
        </div>
      )}
      <VoicePack />
    </>
  );
}

/** The page is back in its call, but the browser keeps it silent until the person touches it. */
function GoOn() {
  return (
    <div class="go-on" role="alert">
      <button type="button" class="button button-primary go-on-button" onClick={() => void goOn()}>
        <Icon name="call" size={24} />
        Go on with the call
      </button>
      <p>
        This page was loaded anew. Your browser lets it sound and listen again only after a click. You can also type.
      </p>
    </div>
  );
}

function VoicePack() {
  const pack = voicePack.value;
  if (pack === null) return null;
  return (
    <div class="pack">
      <p id="pack-words">{packWords(pack)}</p>
      <progress
        aria-labelledby="pack-words"
        max={pack.total}
        value={pack.what === "prepare" ? undefined : pack.loaded}
      />
      {!pack.speaks && (
        <button type="button" class="button button-small" onClick={readInstead}>
          Read instead
        </button>
      )}
    </div>
  );
}
