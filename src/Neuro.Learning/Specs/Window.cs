namespace Neuro.Learning.Specs;

/// <summary>Arithmetic of sliding windows.</summary>
internal static class Window
{
    /// <summary>What a window sees of <paramref name="input"/>: floor((side + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1.</summary>
    /// <param name="ceil">Whether a last window may reach past the end, as long as it starts inside the picture or its padding before it.</param>
    public static TensorShape Slide(TensorShape input, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceil = false)
    {
        var reach = new Pair(dilation.Height * (kernel.Height - 1) + 1, dilation.Width * (kernel.Width - 1) + 1);
        return reach.Height > input.Height + 2 * padding.Height || reach.Width > input.Width + 2 * padding.Width
            ? throw new ShapeMismatchException($"kernel {reach} is larger than {input} with padding {padding}")
            : input with { Height = Side(input.Height, reach.Height, stride.Height, padding.Height, ceil), Width = Side(input.Width, reach.Width, stride.Width, padding.Width, ceil) };
    }

    private static int Side(int side, int reach, int stride, int padding, bool ceil)
    {
        var windows = (side + 2 * padding - reach + (ceil ? stride - 1 : 0)) / stride + 1;
        return ceil && (windows - 1) * stride >= side + padding ? windows - 1 : windows;
    }
}
