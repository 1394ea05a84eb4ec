using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>What every page keeps to: it fits, can be read, and is gone through by keyboard.</summary>
internal static class PageChecks
{
    /// <summary>That nothing is cut off, faint or without a name.</summary>
    public static async Task AssertReadableAsync(IPage page, string path)
    {
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            $"/{path} is wider than its window: {await page.EvaluateAsync<string>(Wide)}");
        Assert.True(await page.EvaluateAsync<string>(CutOff) is var cut && cut.Length == 0, $"/{path} is cut off at {cut}");
        Assert.True(await page.EvaluateAsync<string>(Faint) is var faint && faint.Length == 0, $"/{path}: {faint}");
        Assert.True(await page.EvaluateAsync<string>(Nameless) is var nameless && nameless.Length == 0, $"/{path}: {nameless}");
    }

    /// <summary>That the tab key goes through a page in its order and shows where it is.</summary>
    public static async Task AssertTabOrderAsync(IPage page, string path)
    {
        var wrong = new List<string>();
        var seen = 0;
        await page.EvaluateAsync("(window.before = document.querySelector('a')).focus()");
        for (var step = 0; step < 40; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            var place = await page.EvaluateAsync<string>(Focused);
            if (place == "end") break;
            seen++;
            if (place.Length > 0) wrong.Add(place);
        }

        Assert.True(seen > 5, $"/{path}: only {seen} places were reached.");
        Assert.True(wrong.Count == 0, $"/{path}: {string.Join("; ", wrong)}");
    }

    /// <summary>What is wrong with where the focus is: behind what it was on before, or not to be seen.</summary>
    private const string Focused = """
        (() => {
          const node = document.activeElement, before = window.before;
          if (!node || node === document.body || before && node === document.querySelector("a")) return "end";
          window.before = node;
          const name = node.tagName + "#" + node.id + " " + node.textContent.trim().slice(0, 20);
          // A field of a date is several steps.
          const isAfter = before && before.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
          if (before && before !== node && !isAfter) return name + " comes too late";
          const style = getComputedStyle(node);
          return style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? name + " shows no focus" : "";
        })()
        """;

    /// <summary>Tables of which a part is behind the edge.</summary>
    private const string CutOff = """
        [...document.querySelectorAll(".scroll:not(.text)")]
          .filter(node => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
          .map(node => node.firstElementChild?.id).join(" ")
        """;

    private const string Wide = """
        [...document.querySelectorAll("body *")].filter(node => node.getBoundingClientRect().right > innerWidth + 1)
          .map(node => node.tagName + "#" + node.id).slice(0, 5).join(" ")
        """;

    /// <summary>Texts whose contrast to the nearest opaque ground is less than 4.5.</summary>
    private const string Faint = """
        (() => {
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = colour => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return [r, g, b, a / 255];
          };
          const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
          const groundOf = node => {
            if (!node) return rgba("Canvas");
            const own = rgba(getComputedStyle(node).backgroundColor);
            return own[3] === 1 ? own : over(own, groundOf(node.parentElement));
          };
          const light = colour => colour.slice(0, 3).map(c => c / 255)
            .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const faint = [];
          for (const node of document.querySelectorAll("body *")) {
            const says = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
            if (!says || node.disabled || !node.checkVisibility()) continue;
            const ground = groundOf(node), text = over(rgba(getComputedStyle(node).color), ground);
            const [high, low] = [light(ground), light(text)].sort((a, b) => b - a);
            const contrast = (high + 0.05) / (low + 0.05);
            if (contrast < 4.5) faint.push(`${node.tagName} "${node.textContent.trim().slice(0, 20)}" ${contrast.toFixed(2)}`);
          }
          return faint.slice(0, 5).join("; ");
        })()
        """;

    /// <summary>What can be operated and has no name.</summary>
    private const string Nameless = """
        [...document.querySelectorAll("button, a, input, select, textarea, img")].filter(node => node.checkVisibility())
          .filter(node => !(node.textContent.trim() || node.getAttribute("aria-label") || node.alt || node.title
            || [...node.labels ?? []].some(label => label.textContent.trim())))
          .map(node => node.outerHTML.slice(0, 80)).slice(0, 5).join("; ")
        """;
}
