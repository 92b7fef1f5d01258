using Microsoft.Playwright;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.Formatting;

public sealed class LiveTableInBrowserTests
{
    [Fact]
    public async Task Table_WhereScriptsRun_SortsAndFiltersByKeyboard()
    {
        var chromium = Requires.Program("chromium", "apt install chromium");
        var rows = Enumerable.Range(0, 12).Select(i => new { Shop = i % 2 == 0 ? "Solvika" : "Fizzelt", Sold = i * 7 % 12 }).ToList();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);

        await page.SetContentAsync($"<!DOCTYPE html><title>t</title>{HtmlStyle.Element}{Formatter.Format(rows).Html}");
        var sold = page.Locator(".neuro-live > table tbody td:nth-child(2):visible");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sold" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        (await sold.AllInnerTextsAsync()).ShouldBe(Enumerable.Range(0, 12).Select(i => $"{i}"));
        await page.Keyboard.PressAsync("Enter");
        (await sold.AllInnerTextsAsync()).ShouldBe(Enumerable.Range(0, 12).Reverse().Select(i => $"{i}"));
        (await page.GetByRole(AriaRole.Columnheader, new() { Name = "Sold" }).GetAttributeAsync("aria-sort")).ShouldBe("descending");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("solv");
        (await sold.CountAsync()).ShouldBe(6);
        (await page.GetByRole(AriaRole.Status).InnerTextAsync()).ShouldBe("6 of 12 rows");
        errors.ShouldBeEmpty();
    }
}
