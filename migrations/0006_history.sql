-- Finding calls again among a hundred thousand: by time and by what they were, through indexes that hold all a question looks
-- at; and by what was said, through full text.
CREATE INDEX calls_by_time ON calls (started_at, id, scenario, outcome, mode, fell_back, link_id);
CREATE INDEX calls_by_scenario ON calls (scenario, started_at, id, outcome, mode, fell_back, link_id);
CREATE INDEX calls_by_outcome ON calls (outcome, started_at, id, scenario, mode, fell_back, link_id);
CREATE INDEX calls_by_link ON calls (link_id, started_at, id, scenario, outcome, mode, fell_back) WHERE link_id IS NOT NULL;
-- Where nothing is known a call stands below all others.
CREATE INDEX calls_by_length ON calls
  (coalesce(ended_at - started_at, -1), id, started_at, scenario, outcome, mode, fell_back, link_id);
CREATE INDEX calls_by_cost ON calls (coalesce(cost_usd, -1), id, started_at, scenario, outcome, mode, fell_back, link_id);
CREATE INDEX calls_by_answer ON calls (coalesce(latency_p95, -1), id, started_at, scenario, outcome, mode, fell_back, link_id);
-- Its column is the first of calls_by_time.
DROP INDEX calls_by_start;

-- The words of each call that has ended, and what it was, as words too: then one look into the full text answers a question
-- for both. `place` is the beginning of the call, Unix ms, times 1,000, and on from there where several began in one
-- millisecond: the full text gives its finds in this order without sorting.
CREATE TABLE searched (
  place INTEGER PRIMARY KEY,
  call_id TEXT NOT NULL UNIQUE REFERENCES calls (id) ON DELETE CASCADE,
  words TEXT NOT NULL,
  tags TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
  words, tags,
  content = 'searched', content_rowid = 'place',
  tokenize = 'unicode61 remove_diacritics 2'
);
-- What is deleted leaves the index at once, not when the index is tidied some day.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER searched_added AFTER INSERT ON searched
BEGIN
  INSERT INTO search (rowid, words, tags) VALUES (NEW.place, NEW.words, NEW.tags);
END;
CREATE TRIGGER searched_gone AFTER DELETE ON searched
BEGIN
  INSERT INTO search (search, rowid, words, tags) VALUES ('delete', OLD.place, OLD.words, OLD.tags);
END;
CREATE TRIGGER searched_changed AFTER UPDATE ON searched
BEGIN
  INSERT INTO search (search, rowid, words, tags) VALUES ('delete', OLD.place, OLD.words, OLD.tags);
  INSERT INTO search (rowid, words, tags) VALUES (NEW.place, NEW.words, NEW.tags);
END;

-- Calls of before. The same words as `searchable` in src/store/history.ts makes them.
INSERT INTO searched (place, call_id, words, tags)
SELECT started_at * 1000 + row_number() OVER (PARTITION BY started_at ORDER BY id) - 1, id,
  coalesce((SELECT group_concat(text, char(10)) FROM (SELECT text FROM turns WHERE call_id = calls.id ORDER BY ord)), '')
    || char(10) ||
  coalesce((SELECT group_concat(summary, char(10)) FROM (SELECT summary FROM tool_runs WHERE call_id = calls.id ORDER BY ord)), ''),
  's' || hex(scenario) || ' o' || outcome || ' m' || mode || iif(fell_back = 1, ' mfell', '') || ' l' || coalesce(hex(link_id), '0')
FROM calls WHERE ended_at IS NOT NULL;
