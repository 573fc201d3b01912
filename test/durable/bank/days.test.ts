import { describe, expect, it } from "vitest";
import { addDays, addMonths, addWorkingDays, daysBetween } from "../../../src/durable/bank/days.ts";

describe("days of the bank", () => {
  it("cross months, years and leap days", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(daysBetween("2026-11-02", "2026-11-20")).toBe(18);
    expect(daysBetween("2026-11-20", "2026-11-02")).toBe(-18);
  });

  it("keep to the due day, or the last day of a shorter month", () => {
    expect(addMonths("2027-01-31", 1)).toBe("2027-02-28");
    expect(addMonths("2027-02-28", 1, 31)).toBe("2027-03-31");
    expect(addMonths("2027-01-15", -2)).toBe("2026-11-15");
  });

  it("count no weekend as working days", () => {
    expect(addWorkingDays("2026-11-20", 1)).toBe("2026-11-23");
    expect(addWorkingDays("2026-11-20", 5)).toBe("2026-11-27");
    expect(addWorkingDays("2026-11-21", 1)).toBe("2026-11-23");
  });
});
