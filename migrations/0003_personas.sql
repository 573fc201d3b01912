-- What the waiter and the finance chief look things up in. All of it is invented: a restaurant, Fig & Ember, and the books of
-- the company that runs it. Tax rules are simplified demo data as of the day that each one names, and advice to nobody.

-- The menu -------------------------------------------------------------------------------------------------------------
CREATE TABLE menu_items (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  course TEXT NOT NULL CHECK (course IN ('starter', 'main', 'side', 'dessert', 'drink')),
  description TEXT NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents > 0),
  -- JSON lists: names of the EU's fourteen allergens, and of diets that it fits.
  allergens TEXT NOT NULL CHECK (json_valid(allergens)),
  diets TEXT NOT NULL CHECK (json_valid(diets))
) STRICT, WITHOUT ROWID;
-- The best drink for a dish has rank 1.
CREATE TABLE menu_pairings (
  dish_id TEXT NOT NULL REFERENCES menu_items (id),
  drink_id TEXT NOT NULL REFERENCES menu_items (id),
  rank INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (dish_id, drink_id)
) STRICT, WITHOUT ROWID;

INSERT INTO menu_items (id, name, course, description, price_cents, allergens, diets) VALUES
  ('burrata', 'Burrata with grilled figs', 'starter', 'creamy burrata, figs off the ember, rocket and aged balsamic', 1450, '["milk", "sulphites"]', '["vegetarian", "gluten_free"]'),
  ('beetroot', 'Ember-roasted beetroot', 'starter', 'beetroot from the coals with orange and hazelnut dukkah', 1150, '["nuts", "sesame"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('tuna-crudo', 'Tuna crudo', 'starter', 'raw tuna with citrus, chilli and toasted sesame', 1650, '["fish", "sesame"]', '["gluten_free"]'),
  ('mushroom-soup', 'Smoked mushroom soup', 'starter', 'smoked mushrooms, thyme and a little celeriac', 980, '["celery"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('prawns', 'Charred prawns', 'starter', 'prawns from the grill in garlic butter', 1580, '["crustaceans", "milk"]', '["gluten_free"]'),
  ('lamb-kofta', 'Lamb kofta', 'starter', 'spiced lamb with mint yoghurt', 1390, '["milk", "mustard"]', '["gluten_free"]'),
  ('sourdough', 'Ember sourdough', 'starter', 'warm sourdough with whipped butter and sea salt', 650, '["gluten", "milk"]', '["vegetarian"]'),
  ('hummus', 'Hummus with flatbread', 'starter', 'chickpeas, tahini and flatbread from the oven', 890, '["gluten", "sesame"]', '["vegan", "vegetarian"]'),
  ('squid', 'Crispy squid', 'starter', 'fried squid with lemon aioli', 1420, '["molluscs", "gluten", "eggs"]', '[]'),
  ('sea-bass', 'Grilled sea bass', 'main', 'whole fillet with fennel and burnt lemon', 2850, '["fish"]', '["gluten_free"]'),
  ('ribeye', 'Dry-aged ribeye', 'main', '300 grams from the coals with chimichurri', 3900, '["sulphites"]', '["gluten_free"]'),
  ('lamb-shoulder', 'Slow lamb shoulder', 'main', 'lamb for two hands with apricots and almond couscous', 3200, '["gluten", "nuts", "sulphites"]', '[]'),
  ('risotto', 'Wild mushroom risotto', 'main', 'creamy rice with wild mushrooms and aged cheese', 2250, '["milk", "celery", "sulphites"]', '["vegetarian", "gluten_free"]'),
  ('aubergine', 'Whole roasted aubergine', 'main', 'aubergine with tahini, pomegranate and herbs', 1980, '["sesame"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('gnocchi', 'Pumpkin gnocchi', 'main', 'pumpkin gnocchi in brown butter and sage', 2150, '["gluten", "milk", "eggs"]', '["vegetarian"]'),
  ('duck', 'Duck breast with figs', 'main', 'pink duck with a fig glaze and root vegetables', 3150, '["celery", "sulphites"]', '["gluten_free"]'),
  ('cauliflower', 'Ember cauliflower steak', 'main', 'thick cut cauliflower with almond romesco', 1890, '["nuts", "sulphites"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('mussels', 'Mussels in cider', 'main', 'a pot of mussels in dry cider and cream, with fries', 2350, '["molluscs", "milk", "celery", "sulphites"]', '["gluten_free"]'),
  ('burger', 'House burger', 'main', 'beef, smoked cheddar and pickles in brioche', 2050, '["gluten", "milk", "eggs", "mustard"]', '[]'),
  ('pappardelle', 'Beef shin pappardelle', 'main', 'wide ribbons of pasta with slow beef shin ragu', 2380, '["gluten", "eggs", "milk", "celery", "sulphites"]', '[]'),
  ('tofu-bowl', 'Charred tofu bowl', 'main', 'tofu with ginger, black rice and greens', 1850, '["soy", "sesame"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('chicken', 'Half chicken from the embers', 'main', 'half a chicken with harissa and preserved lemon', 2480, '[]', '["gluten_free"]'),
  ('fries', 'Hand-cut fries', 'side', 'fried twice, with rosemary salt', 580, '[]', '["vegan", "vegetarian", "gluten_free"]'),
  ('green-beans', 'Green beans with almonds', 'side', 'green beans, almonds and lemon', 640, '["nuts"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('mash', 'Buttered mash', 'side', 'potatoes, butter and more butter', 620, '["milk"]', '["vegetarian", "gluten_free"]'),
  ('leaf-salad', 'Leaf salad', 'side', 'leaves of the day in mustard dressing', 560, '["mustard", "sulphites"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('polenta', 'Grilled polenta', 'side', 'polenta with hard cheese', 660, '["milk"]', '["vegetarian", "gluten_free"]'),
  ('fig-tart', 'Warm fig tart', 'dessert', 'fig and almond tart with vanilla ice cream', 1080, '["gluten", "milk", "eggs", "nuts"]', '["vegetarian"]'),
  ('fondant', 'Chocolate fondant', 'dessert', 'dark chocolate with a soft heart', 1120, '["gluten", "milk", "eggs", "soy"]', '["vegetarian"]'),
  ('sorbet', 'Lemon sorbet', 'dessert', 'lemon sorbet with basil', 720, '[]', '["vegan", "vegetarian", "gluten_free"]'),
  ('panna-cotta', 'Panna cotta', 'dessert', 'set cream with red berries', 890, '["milk"]', '["gluten_free"]'),
  ('pavlova', 'Passion fruit pavlova', 'dessert', 'meringue, cream and passion fruit', 980, '["eggs", "milk"]', '["vegetarian", "gluten_free"]'),
  ('rice-pudding', 'Coconut rice pudding', 'dessert', 'coconut rice with mango and lime', 860, '[]', '["vegan", "vegetarian", "gluten_free"]'),
  ('cheese-board', 'Cheese board', 'dessert', 'four cheeses with oat biscuits and fig chutney', 1380, '["gluten", "milk", "sulphites"]', '["vegetarian"]'),
  ('albarino', 'Albarino', 'drink', 'a glass of crisp, salty white wine', 980, '["sulphites"]', '["gluten_free"]'),
  ('chablis', 'Chablis', 'drink', 'a glass of lean, mineral white wine', 1250, '["sulphites"]', '["gluten_free"]'),
  ('pinot-noir', 'Pinot noir', 'drink', 'a glass of light, silky red wine', 1080, '["sulphites"]', '["gluten_free"]'),
  ('malbec', 'Malbec', 'drink', 'a glass of dark, generous red wine', 1050, '["sulphites"]', '["gluten_free"]'),
  ('syrah', 'Syrah', 'drink', 'a glass of peppery red wine', 1120, '["sulphites"]', '["gluten_free"]'),
  ('rose', 'Dry rose', 'drink', 'a glass of pale, dry rose wine', 950, '["sulphites"]', '["gluten_free"]'),
  ('prosecco', 'Prosecco', 'drink', 'a glass of fresh sparkling wine', 920, '["sulphites"]', '["gluten_free"]'),
  ('moscato', 'Moscato', 'drink', 'a small glass of sweet, light wine', 840, '["sulphites"]', '["gluten_free"]'),
  ('port', 'Tawny port', 'drink', 'a small glass with nuts and caramel in it', 980, '["sulphites"]', '["gluten_free"]'),
  ('lager', 'House lager', 'drink', 'a small glass of cold lager', 620, '["gluten"]', '["vegan", "vegetarian"]'),
  ('wheat-beer', 'Wheat beer', 'drink', 'cloudy, with orange peel', 680, '["gluten"]', '["vegan", "vegetarian"]'),
  ('cider', 'Dry cider', 'drink', 'apples and nothing else', 650, '["sulphites"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('old-fashioned', 'Fig old fashioned', 'drink', 'whiskey, fig syrup and bitters', 1350, '["sulphites"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('negroni', 'Negroni', 'drink', 'gin, vermouth and bitter orange', 1280, '["sulphites"]', '["vegan", "vegetarian", "gluten_free"]'),
  ('ginger-lemonade', 'Ginger lemonade', 'drink', 'fresh ginger, lemon and soda', 540, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]'),
  ('kombucha', 'House kombucha', 'drink', 'green tea, lightly sparkling', 580, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]'),
  ('pomegranate-spritz', 'Pomegranate spritz', 'drink', 'pomegranate, rosemary and tonic, without alcohol', 720, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]'),
  ('sparkling-water', 'Sparkling water', 'drink', 'a bottle for the table', 480, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]'),
  ('espresso', 'Espresso', 'drink', 'short and dark', 340, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]'),
  ('cappuccino', 'Cappuccino', 'drink', 'espresso with milk foam', 440, '["milk"]', '["vegetarian", "gluten_free", "alcohol_free"]'),
  ('mint-tea', 'Fresh mint tea', 'drink', 'a pot of mint leaves and hot water', 420, '[]', '["vegan", "vegetarian", "gluten_free", "alcohol_free"]');

INSERT INTO menu_pairings (dish_id, drink_id, rank, reason) VALUES
  ('burrata', 'rose', 1, 'its dry fruit lifts the cream and the figs'),
  ('burrata', 'prosecco', 2, 'the bubbles cut through the cream'),
  ('beetroot', 'pinot-noir', 1, 'earth meets earth, and nothing is heavy'),
  ('beetroot', 'kombucha', 2, 'its sourness wakes the beetroot up'),
  ('tuna-crudo', 'albarino', 1, 'it tastes of the sea as well'),
  ('tuna-crudo', 'ginger-lemonade', 2, 'ginger and citrus are in the dish already'),
  ('mushroom-soup', 'chablis', 1, 'it is lean enough to leave the smoke alone'),
  ('mushroom-soup', 'wheat-beer', 2, 'soft grain under the smoke'),
  ('prawns', 'albarino', 1, 'its salt and acidity stand up to garlic butter'),
  ('prawns', 'lager', 2, 'cold and simple next to the char'),
  ('lamb-kofta', 'syrah', 1, 'pepper for the spices'),
  ('lamb-kofta', 'pomegranate-spritz', 2, 'its tartness freshens the lamb'),
  ('sourdough', 'cider', 1, 'apples and warm bread are old friends'),
  ('sourdough', 'lager', 2, 'bread with bread, in a good way'),
  ('hummus', 'rose', 1, 'dry and light, with room for the tahini'),
  ('hummus', 'kombucha', 2, 'it keeps the chickpeas lively'),
  ('squid', 'chablis', 1, 'lemon and minerals against the crisp batter'),
  ('squid', 'lager', 2, 'nothing is better with something fried'),
  ('sea-bass', 'albarino', 1, 'it is the classic with grilled fish'),
  ('sea-bass', 'chablis', 2, 'lean and mineral beside the fennel'),
  ('ribeye', 'malbec', 1, 'its dark fruit is made for the char'),
  ('ribeye', 'old-fashioned', 2, 'smoke and whiskey belong together'),
  ('lamb-shoulder', 'syrah', 1, 'its pepper answers the apricots'),
  ('lamb-shoulder', 'malbec', 2, 'generous enough for slow lamb'),
  ('risotto', 'pinot-noir', 1, 'it has the forest floor in it too'),
  ('risotto', 'chablis', 2, 'its freshness lightens the cheese'),
  ('aubergine', 'rose', 1, 'dry fruit beside the pomegranate'),
  ('aubergine', 'pomegranate-spritz', 2, 'it repeats the pomegranate on the plate'),
  ('gnocchi', 'pinot-noir', 1, 'light enough for pumpkin, warm enough for sage'),
  ('gnocchi', 'cider', 2, 'apples love brown butter'),
  ('duck', 'pinot-noir', 1, 'duck and pinot are the oldest pair on this list'),
  ('duck', 'old-fashioned', 2, 'the figs meet again in the glass'),
  ('cauliflower', 'albarino', 1, 'it brightens the almonds'),
  ('cauliflower', 'ginger-lemonade', 2, 'its heat goes with the smoked pepper'),
  ('mussels', 'cider', 1, 'it is what they were cooked in'),
  ('mussels', 'albarino', 2, 'the sea in a glass'),
  ('burger', 'malbec', 1, 'big enough for the cheddar'),
  ('burger', 'lager', 2, 'because it is a burger'),
  ('pappardelle', 'syrah', 1, 'its pepper goes deep into the ragu'),
  ('pappardelle', 'malbec', 2, 'soft and dark like the beef'),
  ('tofu-bowl', 'kombucha', 1, 'tea and ginger are natural partners'),
  ('tofu-bowl', 'wheat-beer', 2, 'orange peel next to the ginger'),
  ('chicken', 'rose', 1, 'it cools the harissa'),
  ('chicken', 'cider', 2, 'roast chicken and apples never fail'),
  ('fries', 'lager', 1, 'salt wants something cold'),
  ('green-beans', 'chablis', 1, 'green and lean, like the beans'),
  ('mash', 'pinot-noir', 1, 'soft with soft'),
  ('leaf-salad', 'rose', 1, 'it does not mind the mustard'),
  ('polenta', 'malbec', 1, 'the cheese in it likes a red'),
  ('fig-tart', 'port', 1, 'its nuts and caramel are the tart once more'),
  ('fig-tart', 'espresso', 2, 'something dark beside the sweetness'),
  ('fondant', 'port', 1, 'dark chocolate and port finish each other''s sentences'),
  ('fondant', 'espresso', 2, 'bitter with bitter'),
  ('sorbet', 'prosecco', 1, 'together they are almost a cocktail'),
  ('sorbet', 'mint-tea', 2, 'fresh after fresh'),
  ('panna-cotta', 'moscato', 1, 'its sweetness is as light as the cream'),
  ('panna-cotta', 'espresso', 2, 'a little bitterness helps'),
  ('pavlova', 'moscato', 1, 'its perfume follows the passion fruit'),
  ('pavlova', 'prosecco', 2, 'bubbles and meringue'),
  ('rice-pudding', 'moscato', 1, 'sweet and light beside the mango'),
  ('rice-pudding', 'mint-tea', 2, 'it clears the coconut away'),
  ('cheese-board', 'port', 1, 'it is why port was invented'),
  ('cheese-board', 'malbec', 2, 'for who would rather stay with red wine');

-- The books ------------------------------------------------------------------------------------------------------------
CREATE TABLE ledger_accounts (
  code INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  section TEXT NOT NULL CHECK (section IN
    ('asset', 'liability', 'equity', 'revenue', 'cost_of_sales', 'operating', 'finance', 'tax'))
) STRICT;
CREATE TABLE journal_entries (
  id INTEGER PRIMARY KEY,
  -- ISO day.
  day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
  memo TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_day ON journal_entries (day);
-- Debits are positive, credits negative, US cents. The lines of one entry add up to nothing.
CREATE TABLE journal_lines (
  entry_id INTEGER NOT NULL REFERENCES journal_entries (id),
  account INTEGER NOT NULL REFERENCES ledger_accounts (code),
  amount_cents INTEGER NOT NULL CHECK (amount_cents <> 0),
  PRIMARY KEY (entry_id, account)
) STRICT, WITHOUT ROWID;

INSERT INTO ledger_accounts (code, name, section) VALUES
  (1000, 'Cash at bank', 'asset'),
  (1100, 'Receivables', 'asset'),
  (1200, 'Food and drink in stock', 'asset'),
  (1500, 'Kitchen and furniture', 'asset'),
  (1590, 'Depreciation to date', 'asset'),
  (2000, 'Payables', 'liability'),
  (2100, 'Sales tax payable', 'liability'),
  (2200, 'Payroll liabilities', 'liability'),
  (2300, 'Income tax payable', 'liability'),
  (2500, 'Bank loan', 'liability'),
  (3000, 'Share capital', 'equity'),
  (4000, 'Food sales', 'revenue'),
  (4100, 'Drink sales', 'revenue'),
  (4200, 'Catering', 'revenue'),
  (5000, 'Cost of food', 'cost_of_sales'),
  (5100, 'Cost of drinks', 'cost_of_sales'),
  (6000, 'Wages', 'operating'),
  (6100, 'Payroll taxes', 'operating'),
  (6200, 'Rent', 'operating'),
  (6300, 'Utilities', 'operating'),
  (6400, 'Marketing', 'operating'),
  (6500, 'Software and office', 'operating'),
  (6600, 'Repairs', 'operating'),
  (6700, 'Insurance', 'operating'),
  (6800, 'Depreciation', 'operating'),
  (7000, 'Interest', 'finance'),
  (8000, 'Income tax', 'tax');

-- Sixty months from January 2024 on, the same wherever this runs. An entry is numbered month * 100 + kind.
INSERT INTO journal_entries (id, day, memo) VALUES (99, '2024-01-01', 'Opening');
INSERT INTO journal_entries (id, day, memo)
WITH RECURSIVE
  month (n, first) AS (SELECT 1, '2024-01-01' UNION ALL SELECT n + 1, date(first, '+1 month') FROM month WHERE n < 60),
  kind (k, day, memo) AS (VALUES
    (1, 7, 'Sales of the week'), (2, 14, 'Sales of the week'), (3, 21, 'Sales of the week'), (4, 28, 'Sales of the week'),
    (5, 7, 'Used in the week'), (6, 14, 'Used in the week'), (7, 21, 'Used in the week'), (8, 28, 'Used in the week'),
    (9, 3, 'Food and drink bought'), (10, 25, 'Suppliers paid'), (11, 15, 'Wages'), (12, 28, 'Wages'), (13, 1, 'Rent'),
    (14, 20, 'Utilities'), (15, 12, 'Marketing'), (16, 5, 'Software and office'), (17, 18, 'Repairs'),
    (18, 2, 'Insurance'), (19, 28, 'Depreciation'), (20, 26, 'Loan'), (21, 22, 'Catering invoiced'),
    (22, 27, 'Catering paid'), (23, 28, 'Sales tax paid'), (24, 28, 'Payroll liabilities paid'),
    (25, 28, 'Income tax of the quarter'))
SELECT n * 100 + k, date(first, '+' || (day - 1) || ' days'), memo FROM month, kind WHERE k <> 25 OR n % 3 = 0;

INSERT INTO journal_lines (entry_id, account, amount_cents) VALUES
  (99, 1000, 18500000), (99, 1200, 2400000), (99, 1500, 19200000), (99, 2500, -14400000);
-- What a month is like: an amount, how it grows a month (per mille), whether it follows the season, and how far it strays.
INSERT INTO journal_lines (entry_id, account, amount_cents)
WITH
  rule (lo, hi, account, cents, growth, seasonal, spread) AS (VALUES
    (1, 4, 4000, -3400000, 6, 1, 60), (1, 4, 4100, -1450000, 7, 1, 80),
    (5, 8, 5000, 1054000, 6, 1, 70), (5, 8, 5100, 348000, 7, 1, 70),
    (9, 9, 1200, 5640000, 6, 1, 40), (11, 12, 6000, 4150000, 5, 0, 25),
    (13, 13, 6200, 1450000, 0, 0, 0), (14, 14, 6300, 420000, 2, 0, 120), (15, 15, 6400, 380000, 4, 1, 150),
    (16, 16, 6500, 115000, 3, 0, 10), (17, 17, 6600, 190000, 2, 0, 400), (18, 18, 6700, 140000, 0, 0, 0),
    (19, 19, 6800, 320000, 0, 0, 0), (20, 20, 7000, 115000, -16, 0, 0), (20, 20, 2500, 240000, 0, 0, 0),
    (21, 21, 4200, -1800000, 8, 1, 250)),
  season (m, f) AS (VALUES (1, 860), (2, 900), (3, 950), (4, 980), (5, 1040), (6, 1100), (7, 1120), (8, 1090), (9, 1010),
    (10, 980), (11, 990), (12, 1180))
SELECT e.id, r.account,
  r.cents * (1000 + r.growth * (e.id / 100)) / 1000 * iif(r.seasonal, s.f, 1000) / 1000
    * (1000 - r.spread + (e.id / 100 * 7919 + e.id % 100 * 1047 + r.account * 31) % (2 * r.spread + 1)) / 1000
FROM journal_entries e
  JOIN rule r ON e.id % 100 BETWEEN r.lo AND r.hi
  JOIN season s ON s.m = (e.id / 100 - 1) % 12 + 1;
-- Seven percent of sales tax, and what wages bring with them.
INSERT INTO journal_lines (entry_id, account, amount_cents)
  SELECT entry_id, 2100, sum(amount_cents) * 7 / 100 FROM journal_lines
    WHERE account IN (4000, 4100, 4200) GROUP BY entry_id;
INSERT INTO journal_lines (entry_id, account, amount_cents)
  SELECT entry_id, 6100, amount_cents * 8 / 100 FROM journal_lines WHERE account = 6000
  UNION ALL SELECT entry_id, 2200, -amount_cents * 30 / 100 FROM journal_lines WHERE account = 6000;
-- What was owed is paid: suppliers, catering, sales tax, payroll liabilities.
INSERT INTO journal_lines (entry_id, account, amount_cents)
  SELECT entry_id + 1, 2000, amount_cents FROM journal_lines WHERE account = 1200 AND entry_id % 100 = 9
  UNION ALL SELECT entry_id + 1, 1000, -sum(amount_cents) FROM journal_lines WHERE entry_id % 100 = 21 GROUP BY entry_id
  UNION ALL SELECT entry_id / 100 * 100 + 23, 2100, -sum(amount_cents) FROM journal_lines
    WHERE account = 2100 GROUP BY entry_id / 100
  UNION ALL SELECT entry_id / 100 * 100 + 24, 2200, -sum(amount_cents) FROM journal_lines
    WHERE account = 2200 GROUP BY entry_id / 100;
-- Income tax: 21 percent of what a quarter has earned.
INSERT INTO journal_lines (entry_id, account, amount_cents)
  SELECT e.id, 8000, -sum(l.amount_cents) * 21 / 100
    FROM journal_entries e JOIN journal_lines l ON l.entry_id / 100 BETWEEN e.id / 100 - 2 AND e.id / 100
    WHERE e.id % 100 = 25 AND l.account BETWEEN 4000 AND 7999 GROUP BY e.id;
-- The other side of each.
INSERT INTO journal_lines (entry_id, account, amount_cents)
WITH other (lo, hi, account) AS (VALUES (1, 4, 1000), (5, 8, 1200), (9, 9, 2000), (10, 18, 1000), (19, 19, 1590),
  (20, 20, 1000), (21, 22, 1100), (23, 24, 1000), (25, 25, 2300), (99, 99, 3000))
SELECT l.entry_id, o.account, -sum(l.amount_cents)
  FROM journal_lines l JOIN other o ON l.entry_id % 100 BETWEEN o.lo AND o.hi GROUP BY l.entry_id;

-- Demo rates: so many units of a currency for one US dollar, in millionths, good from a day on.
CREATE TABLE fx_rates (
  currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  day TEXT NOT NULL,
  per_usd_millionths INTEGER NOT NULL CHECK (per_usd_millionths > 0),
  PRIMARY KEY (currency, day)
) STRICT, WITHOUT ROWID;
INSERT INTO fx_rates (currency, day, per_usd_millionths) VALUES
  ('EUR', '2024-01-01', 905000),
  ('EUR', '2025-01-01', 960000),
  ('EUR', '2026-01-01', 870000),
  ('GBP', '2024-01-01', 785000),
  ('GBP', '2025-01-01', 800000),
  ('GBP', '2026-01-01', 755000),
  ('CAD', '2024-01-01', 1325000),
  ('CAD', '2025-01-01', 1440000),
  ('CAD', '2026-01-01', 1380000),
  ('CHF', '2024-01-01', 842000),
  ('CHF', '2025-01-01', 908000),
  ('CHF', '2026-01-01', 800000),
  ('JPY', '2024-01-01', 141000000),
  ('JPY', '2025-01-01', 157000000),
  ('JPY', '2026-01-01', 152000000),
  ('SEK', '2024-01-01', 10080000),
  ('SEK', '2025-01-01', 11060000),
  ('SEK', '2026-01-01', 9500000),
  ('RWF', '2024-01-01', 1260000000),
  ('RWF', '2025-01-01', 1390000000),
  ('RWF', '2026-01-01', 1445000000);

-- Tax rules ------------------------------------------------------------------------------------------------------------
CREATE TABLE tax_rules (
  jurisdiction TEXT NOT NULL,
  topic TEXT NOT NULL,
  -- One or two sentences, to be spoken as they are.
  rule TEXT NOT NULL,
  -- Percent with its fraction, as written in `rule`; null where the rule is no rate.
  rate_percent REAL,
  source TEXT NOT NULL,
  -- ISO day on which it was looked up.
  as_of TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, topic)
) STRICT, WITHOUT ROWID;
INSERT INTO tax_rules (jurisdiction, topic, rule, rate_percent, source, as_of) VALUES
  ('US', 'corporate income tax', 'The federal corporate income tax is 21 percent of taxable income, and most states add their own.', 21, 'Internal Revenue Code, section 11', '2025-09-01'),
  ('US', 'sales tax', 'There is no federal sales tax or VAT: states and cities set their own rates, and a seller has to register where it has nexus.', NULL, 'State law; South Dakota v. Wayfair (2018)', '2025-09-01'),
  ('US', 'payroll tax', 'Employer and employee each pay 7.65 percent: 6.2 for Social Security up to the yearly wage base, and 1.45 for Medicare.', 7.65, 'Internal Revenue Code, sections 3101 and 3111', '2025-09-01'),
  ('US', 'depreciation', 'Most equipment bought after January 19, 2025 can be deducted in full in its first year.', 100, 'Internal Revenue Code, section 168(k), as amended in 2025', '2025-09-01'),
  ('US', 'business meals', 'Half of the cost of a business meal can be deducted when the taxpayer or an employee is present.', 50, 'Internal Revenue Code, section 274(n)', '2025-09-01'),
  ('US', 'loss carryforward', 'A loss can be carried forward without limit of time, and takes off up to 80 percent of a later year''s taxable income.', 80, 'Internal Revenue Code, section 172', '2025-09-01'),
  ('US', 'filing deadline', 'A corporation with a calendar year files Form 1120 by April 15, and can get six months more on request.', NULL, 'Instructions for Form 1120', '2025-09-01'),
  ('US', 'tips', 'Tips are taxable income of the employee, and the employer withholds payroll taxes from those that are reported.', NULL, 'IRS Publication 531', '2025-09-01'),
  ('US', 'research', 'Research done in the country can be deducted at once from 2025 on; research abroad is spread over fifteen years.', NULL, 'Internal Revenue Code, sections 174 and 174A', '2025-09-01'),
  ('UK', 'corporate income tax', 'Corporation tax is 25 percent; profits up to 50,000 pounds pay 19, with marginal relief up to 250,000.', 25, 'GOV.UK, Corporation Tax rates', '2025-09-01'),
  ('UK', 'VAT', 'The standard rate of VAT is 20 percent; food served in a restaurant takes the standard rate.', 20, 'GOV.UK, VAT rates', '2025-09-01'),
  ('UK', 'VAT registration', 'A business has to register for VAT when its taxable turnover of twelve months goes over 90,000 pounds.', NULL, 'GOV.UK, Register for VAT', '2025-09-01'),
  ('UK', 'payroll tax', 'Employers pay National Insurance of 15 percent on earnings above 5,000 pounds a year.', 15, 'GOV.UK, Rates and thresholds for employers 2025 to 2026', '2025-09-01'),
  ('UK', 'depreciation', 'The annual investment allowance lets a business deduct up to one million pounds of equipment in the year it is bought.', 100, 'GOV.UK, Annual investment allowance', '2025-09-01'),
  ('UK', 'filing deadline', 'The corporation tax return is due twelve months after the accounting period, but the tax itself nine months and a day after it.', NULL, 'GOV.UK, Company Tax Returns', '2025-09-01'),
  ('UK', 'tips', 'All tips have to be passed on to the workers in full, less only the deductions the law asks for.', NULL, 'Employment (Allocation of Tips) Act 2023', '2025-09-01'),
  ('Canada', 'corporate income tax', 'The general federal rate is 15 percent and small businesses pay 9; provinces add their own.', 15, 'Canada Revenue Agency, Corporation tax rates', '2025-09-01'),
  ('Canada', 'VAT', 'The goods and services tax is 5 percent; some provinces have a harmonised sales tax of 13 to 15 instead.', 5, 'Canada Revenue Agency, GST/HST rates', '2025-09-01'),
  ('Canada', 'VAT registration', 'A small supplier registers for GST once taxable sales go over 30,000 dollars in four quarters.', NULL, 'Canada Revenue Agency, When to register', '2025-09-01'),
  ('Canada', 'business meals', 'Half of the cost of business meals can be deducted.', 50, 'Income Tax Act, section 67.1', '2025-09-01'),
  ('Canada', 'loss carryforward', 'A non-capital loss goes back three years or forward twenty.', NULL, 'Income Tax Act, section 111', '2025-09-01'),
  ('Canada', 'filing deadline', 'The corporate return is due six months after the end of the tax year.', NULL, 'Canada Revenue Agency, T2 returns', '2025-09-01'),
  ('EU', 'VAT', 'Each member state has a standard VAT rate of at least 15 percent, and may have lower ones for food and restaurants.', 15, 'Council Directive 2006/112/EC, article 97', '2025-09-01'),
  ('EU', 'corporate income tax', 'There is no common rate: member states set their own, and groups with revenue above 750 million euros pay at least 15 percent.', 15, 'Council Directive (EU) 2022/2523', '2025-09-01'),
  ('EU', 'cross-border sales', 'Above 10,000 euros a year, sales to consumers in other member states take the VAT of the buyer''s country; one return covers them all.', NULL, 'Council Directive (EU) 2017/2455', '2025-09-01'),
  ('EU', 'small business VAT', 'From 2025 a small business can be exempt from VAT in other member states up to 100,000 euros of turnover in the whole Union.', NULL, 'Council Directive (EU) 2020/285', '2025-09-01'),
  ('Germany', 'corporate income tax', 'Corporate tax is 15 percent plus a surcharge of 5.5 percent on it, and municipal trade tax comes on top: about 30 together.', 15, 'Koerperschaftsteuergesetz, section 23', '2025-09-01'),
  ('Germany', 'VAT', 'The standard rate of VAT is 19 percent, and the reduced one 7.', 19, 'Umsatzsteuergesetz, section 12', '2025-09-01'),
  ('France', 'corporate income tax', 'The rate is 25 percent; small companies pay 15 on the first 42,500 euros.', 25, 'Code general des impots, article 219', '2025-09-01'),
  ('France', 'VAT', 'The standard rate is 20 percent; meals in restaurants pay 10, and alcohol with them 20.', 20, 'Code general des impots, articles 278 and 279', '2025-09-01'),
  ('Ireland', 'corporate income tax', 'Trading income pays 12.5 percent; large groups are topped up to 15.', 12.5, 'Revenue, Corporation Tax rates', '2025-09-01'),
  ('Ireland', 'VAT', 'The standard rate is 23 percent, and restaurant meals pay 13.5.', 23, 'Revenue, VAT rates', '2025-09-01'),
  ('Malta', 'corporate income tax', 'Companies pay 35 percent, and shareholders can claim a part of it back when profits are paid out.', 35, 'Income Tax Act, chapter 123', '2025-09-01'),
  ('Malta', 'VAT', 'The standard rate of VAT is 18 percent.', 18, 'Value Added Tax Act, chapter 406', '2025-09-01'),
  ('Rwanda', 'corporate income tax', 'Companies pay 28 percent of their profit.', 28, 'Law 027/2022 on taxes on income', '2025-09-01'),
  ('Rwanda', 'VAT', 'VAT is 18 percent, and businesses register above 20 million francs of turnover a year.', 18, 'Law 049/2023 on value added tax', '2025-09-01');
