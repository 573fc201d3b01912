/** A guest who asks for something in particular: every condition is met, or Felix says why it is not. */
import { describe, expect, it } from "vitest";
import { wishIn } from "../../../src/engines/scripted/personas/waiter/wish.ts";
import { caller, dialogue, luna, lunaNever, noTool, tool } from "./talking.ts";

describe("an allergy", () => {
  dialogue("makes a dish unsafe that contains it, and the waiter says so", "waiter", [
    caller("I have a milk allergy. Is the risotto safe for me?"),
    tool("lookup_menu", { query: "risotto" }, true),
    luna("No milk", "No: Wild mushroom risotto contains milk"),
    caller("And is the sea bass okay for me?"),
    luna("Grilled sea bass: yes", "no milk", "can't rule traces out"),
    caller("Does the burger contain nuts?"),
    luna("lists no nuts in House burger"),
    caller("Is there egg in the gnocchi?"),
    luna("Yes, Pumpkin gnocchi contains eggs"),
    caller("Can I eat the fig tart with a nut allergy?"),
    luna("No: Warm fig tart contains"),
  ]);

  dialogue("is asked for where nobody has told it", "waiter", [
    caller("Is the wild mushroom risotto safe?"),
    luna("contains milk, celery, and sulphites", "Tell me what you can't have"),
    caller("I am allergic"),
    luna("What are you allergic to"),
  ]);

  dialogue("is warned of at the order, and a yes notes it all the same", "waiter", [
    caller("I'm allergic to milk. What mains are there?"),
    tool("lookup_menu", { course: "main", without_allergens: ["milk"] }, true),
    caller("I'll have the risotto"),
    luna("Careful", "contains milk", "all the same?"),
    caller("No"),
    luna("What would you like instead"),
    caller("What have I ordered so far?"),
    luna("Nothing is chosen"),
  ]);

  dialogue("that was a joke is dropped, and the others are kept", "waiter", [
    caller("I'm allergic to nuts and milk"),
    tool("lookup_menu", { without_allergens: ["nuts", "milk"] }),
    caller("I'm not allergic to nuts any more, I was joking"),
    luna("no longer leave out nuts", "still leave out milk"),
    noTool(),
    caller("What desserts do you have?"),
    tool("lookup_menu", { course: "dessert", without_allergens: ["milk"] }, true),
    luna("without milk"),
  ]);

  dialogue("to what the menu does not list is no promise", "waiter", [
    caller("I'm allergic to strawberries, what desserts do you have?"),
    luna("strawberries is none of them", "7 desserts"),
    caller("Mains without mushrooms"),
    luna("can't be sure to leave out mushrooms"),
  ]);
});

describe("a condition", () => {
  dialogue("on the price holds in any currency, and that prices are in dollars is said", "waiter", [
    caller("Desserts under eight euros"),
    tool("lookup_menu", { course: "dessert", max_price: 8 }, true),
    luna("prices are in US dollars", "Lemon sorbet"),
    lunaNever("rice pudding"),
    caller("What costs more than a hundred euros?"),
    tool("lookup_menu", { min_price: 100 }, false),
    luna("from $100.00 up"),
    caller("A white wine between nine and eleven dollars"),
    tool("lookup_menu", { query: "white wine", course: "drink", min_price: 9, max_price: 11 }, true),
    luna("Albarino"),
    caller("Something cheaper"),
    tool("lookup_menu", { course: "drink", max_price: 9.79 }, true),
  ]);

  dialogue("on a wine is its colour and its price, and no coffee", "waiter", [
    caller("Which wines are under ten dollars?"),
    luna("5 drinks"),
    lunaNever("Cappuccino"),
    caller("What is the cheapest red wine, and is it vegan?"),
    tool("lookup_menu", { query: "red wine", order: "cheapest" }, true),
    luna("The cheapest red wine is Malbec, for $10.50", "Malbec isn't vegan"),
    caller("Green wine"),
    luna('nothing called "green wine"'),
  ]);

  dialogue("that nothing meets is named, with the dish that fails it", "waiter", [
    caller("Do you have vegan gnocchi?"),
    luna("Pumpkin gnocchi isn't vegan"),
    caller("Something halal"),
    luna("doesn't say what is halal"),
    noTool(),
    caller("Is the chicken spicy?"),
    luna("doesn't say what is spicy"),
  ]);

  dialogue("of a list and what goes with one of it, in one breath", "waiter", [
    caller("Which starters are vegan and without nuts, and what wine goes with the second?"),
    tool("lookup_menu", { course: "starter", diet: "vegan", without_allergens: ["nuts"] }, true),
    tool("recommend_pairing", { dish: "smoked mushroom soup", drink: "wine" }, true),
    luna("Hummus with flatbread", "With Smoked mushroom soup", "Chablis"),
    caller("The first one please"),
    tool("lookup_menu", { query: "hummus flatbread" }, true),
    luna("tahini"),
  ]);

  dialogue("that no drink meets is said before another one is recommended", "waiter", [
    caller("What non-alcoholic drink goes with the hummus?"),
    tool("recommend_pairing", { dish: "hummus", drink: "alcohol-free" }, true),
    luna("kombucha"),
  ]);
});

describe("an order", () => {
  dialogue("is of everything that is named, each with how many", "waiter", [
    caller("I'll have the ribeye with fries and two glasses of malbec"),
    caller("What have I ordered so far?"),
    luna("Dry-aged ribeye", "Hand-cut fries", "2 times Malbec"),
    caller("Cancel the malbec"),
    luna("off your list"),
    caller("I'll have the burger without cheese"),
    luna("note that for the kitchen", "House burger without cheese"),
    caller("I'll have the duck with figs"),
    luna("Duck breast with figs, a good choice"),
  ]);
});

describe("another language", () => {
  dialogue("is heard at once", "waiter", [
    caller("Ich hätte gern etwas ohne Gluten, bitte"),
    luna("only speak English"),
    noTool(),
  ]);
  dialogue("also by the finance chief", "cfo", [
    caller("Wie war der Umsatz im letzten Quartal?"),
    luna("only speak English"),
    noTool(),
  ]);
});

describe("what a guest's sentence asks for", () => {
  it.each([
    ["a main for less than twenty dollars", { course: "main", max_price: 20 }],
    ["not more than 15 bucks", { max_price: 15 }],
    ["starters at least ten dollars", { course: "starter", min_price: 10 }],
    ["about twenty dollars", { min_price: 16, max_price: 24 }],
    ["the dearest wine", { course: "drink", query: "wine", order: "dearest" }],
    ["something with fish", { query: "fish", without: [] }],
    ["fish without milk", { without: ["milk"] }],
    ["I'm lactose intolerant", { without: ["milk"] }],
    ["a nut free dessert", { course: "dessert", without: ["nuts"] }],
    ["I don't eat eggs or soy", { without: ["eggs", "soy"] }],
    ["no shellfish please", { without: ["crustaceans", "molluscs"] }],
    ["vegan and gluten free mains", { course: "main", diet: "vegan", without: ["gluten"] }],
    ["more than one starter", { course: "starter" }],
  ])("%s", (text, wish) => expect(wishIn(text)).toMatchObject(wish));
});
