using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;

namespace Neuro.Cli.Terminal;

/// <summary>Shows a headless run: a line per cell, and under way the bar of whatever reports progress.</summary>
/// <remarks>In a terminal the bar moves in place; elsewhere (a log) it is printed when a tenth more is done.</remarks>
internal sealed class RunView(TextWriter terminal, bool moves, bool verbose)
{
    private const int BarWidth = 24;
    private const int LineWidth = 110;

    private readonly Stopwatch sinceBar = new();
    private string cell = "";
    private int tenths;

    private sealed record Progress(string Label, double? Fraction, string? Detail);

    public void Show(NotebookEvent happened)
    {
        switch (happened)
        {
            case CellStarted started:
                cell = string.Create(CultureInfo.InvariantCulture, $"[{started.Number,2}/{started.Count}] {started.Title}");
                tenths = 0;
                sinceBar.Restart();
                InPlace(cell);
                break;
            case CellShowed { Output: DisplayOutput { Bundle: var bundle } }:
                Bar(bundle);
                break;
            case CellShowed { Output: DisplayUpdate { Bundle: var bundle } }:
                Bar(bundle);
                break;
            case CellFinished { Result: var result }:
                Line($"{cell,-75} {(result.Succeeded ? "done" : "failed")} {Seconds(result.Elapsed)}");
                if (result.Error is { } error)
                {
                    Red(error.Line);
                    error.Excerpt.ToList().ForEach(terminal.WriteLine);
                    if (verbose)
                    {
                        terminal.WriteLine(error.Details);
                    }
                }

                break;
        }
    }

    private void Bar(MimeBundle bundle)
    {
        if (bundle[MimeTypes.Progress] is not { } json || JsonSerializer.Deserialize<Progress>(json, JsonSerializerOptions.Web) is not { } progress)
        {
            return;
        }

        var fraction = Math.Clamp(progress.Fraction ?? 0, 0, 1);
        var filled = (int)(fraction * BarWidth);
        var bar = $"{cell[..cell.IndexOf(' ', 4)]} {new string('█', filled)}{new string('░', BarWidth - filled)} {fraction,4:P0} {progress.Label} {progress.Detail}";
        if (moves)
        {
            if (sinceBar.ElapsedMilliseconds > 100 || filled == BarWidth)
            {
                InPlace(bar);
                sinceBar.Restart();
            }
        }
        else if ((int)(fraction * 10) > tenths)
        {
            tenths = (int)(fraction * 10);
            terminal.WriteLine(bar);
        }
    }

    private void InPlace(string text)
    {
        if (moves)
        {
            terminal.Write("\r" + Fit(text));
        }
    }

    private void Line(string text) => terminal.WriteLine((moves ? "\r" : "") + (moves ? Fit(text) : text));

    private void Red(string text) => terminal.WriteLine(moves ? $"\e[31m{text}\e[0m" : text);

    private static string Fit(string text) => (text.Length > LineWidth ? text[..(LineWidth - 1)] + "…" : text).PadRight(LineWidth);

    private static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
