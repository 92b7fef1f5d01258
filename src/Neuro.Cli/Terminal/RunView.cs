using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Terminal;

/// <summary>Shows a headless run: a line per cell, and under a cell that reports progress what it does and how far it is.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="columns">How wide the terminal is now; null where there is none (a log): then nothing moves, and a bar is printed when a tenth more is done.</param>
/// <param name="verbose">Whether an error's details are shown.</param>
internal sealed class RunView(TextWriter terminal, Func<int>? columns, bool verbose)
{
    private const string Indent = "        ";
    private const string ClearRest = "\e[K";
    private const int LogWidth = 160;
    private const int NarrowestBar = 8, WidestBar = 24;
    private static readonly TimeSpan BetweenBars = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch sinceBar = new();
    private string cell = "";
    private Progress? under;
    private bool isOpen;
    private int tenths;

    private sealed record Progress(string Label, double? Fraction, string? Detail)
    {
        public double Share => Math.Clamp(Fraction ?? 0, 0, 1);
    }

    private int Width => columns is null ? LogWidth : Math.Max(20, columns() - 1);

    public void Show(NotebookEvent happened)
    {
        switch (happened)
        {
            case CellStarted started:
                cell = string.Create(CultureInfo.InvariantCulture, $"[{started.Number,2}/{started.Count}] {started.Title}");
                under = null;
                InPlace(Fit(cell, Width));
                break;
            case CellSkipped skipped:
                under = null;
                Line(Columns(string.Create(CultureInfo.InvariantCulture, $"[{skipped.Number,2}/{skipped.Count}] {skipped.Title}"), "kept"));
                break;
            case CellShowed { Output: DisplayOutput { Bundle: var bundle } }:
                Follow(bundle);
                break;
            case CellShowed { Output: DisplayUpdate { Bundle: var bundle } }:
                Follow(bundle);
                break;
            case CellFinished { Result: var result }:
                Finish(result);
                break;
        }
    }

    /// <summary>Ends a line that still moves, so that what is printed next begins on its own.</summary>
    public void Close()
    {
        if (isOpen)
        {
            terminal.WriteLine();
            isOpen = false;
        }
    }

    private void Follow(MimeBundle bundle)
    {
        if (bundle[MimeTypes.Progress] is not { } json || JsonSerializer.Deserialize<Progress>(json, JsonSerializerOptions.Web) is not { } now)
        {
            return;
        }

        if (now.Label != under?.Label)
        {
            if (under is null)
            {
                Line(Fit(cell, Width));
            }

            Close();
            Line(Fit(Indent + now.Label, Width));
            tenths = 0;
            sinceBar.Reset();
        }

        under = now;
        if (columns is not null)
        {
            if (!sinceBar.IsRunning || sinceBar.Elapsed > BetweenBars || now.Share >= 1)
            {
                InPlace(Bar(now, now.Detail ?? ""));
                sinceBar.Restart();
            }
        }
        else if ((int)(now.Share * 10) > tenths)
        {
            tenths = (int)(now.Share * 10);
            Line(Bar(now, now.Detail ?? ""));
        }
    }

    private void Finish(CellResult result)
    {
        var end = $"{(result.Succeeded ? "done" : "failed")} {Seconds(result.Elapsed)}";
        Line(under is null ? Columns(cell, end) : columns is null ? Indent + end : Bar(under, end));
        if (result.Error is not { } error)
        {
            return;
        }

        terminal.WriteLine(columns is null ? error.Line : $"\e[31m{error.Line}\e[0m");
        error.Excerpt.ToList().ForEach(terminal.WriteLine);
        if (verbose)
        {
            terminal.WriteLine(error.Details);
        }
    }

    private string Bar(Progress now, string detail)
    {
        var length = Math.Clamp(Width / 4, NarrowestBar, WidestBar);
        var filled = (int)(now.Share * length);
        return Fit($"{Indent}{new string('█', filled)}{new string('░', length - filled)} {Math.Floor(now.Share * 100),3:0} %  {detail}", Width);
    }

    /// <summary>What a cell is, and how it ended in a column of its own at the right.</summary>
    private string Columns(string left, string right)
    {
        var room = Math.Min(Width, LogWidth) - right.Length - 2;
        return room < 10 ? Fit($"{left}  {right}", Width) : $"{Fit(left, Math.Min(room, 84)).PadRight(Math.Min(room, 84))}  {right}";
    }

    private void InPlace(string text)
    {
        if (columns is not null)
        {
            terminal.Write("\r" + text + ClearRest);
            isOpen = true;
        }
    }

    private void Line(string text)
    {
        terminal.WriteLine(isOpen ? "\r" + text + ClearRest : text);
        isOpen = false;
    }

    // Longer than the line, and a terminal would wrap it; then the next one could no longer be drawn over it.
    private static string Fit(string text, int width) => text.Length > width ? text[..(width - 1)] + "…" : text;

    private static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
