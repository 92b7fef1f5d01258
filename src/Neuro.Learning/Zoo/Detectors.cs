using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>SSD300 on VGG-16 (Liu et al. 2016): 35,641,826 parameters at 91 classes, the background being class 0. Six grids with 4, 6, 6, 6, 4 and 4 anchors a cell.</summary>
    /// <param name="classes">The background included.</param>
    /// <param name="size">Side of the square input, 300 or more: the last grids need it.</param>
    /// <param name="width">Scales all channels.</param>
    public static ModelSpec Ssd300(int classes = 91, int size = 300, double width = 1)
    {
        var net = new ModelBuilder();
        int W(int full) => Channels(full, width);
        var conv4 = VggFeatures(net, "backbone.features", width, ceil: true, convolutions: 10);
        var x = net.MaxPool("backbone.extra.0.0", conv4, 2, 2);
        for (var i = 1; i <= 5; i += 2)
        {
            x = net.ConvRelu($"backbone.extra.0.{i}", x, W(512), 3);
        }

        x = net.ConvRelu("backbone.extra.0.7.1", net.MaxPool("backbone.extra.0.7.0", x, 3, 1, 1), W(1024), 3, dilation: 6);
        x = net.ConvRelu("backbone.extra.0.7.3", x, W(1024), 1);
        var levels = new List<string> { net.Add(new L2Norm("backbone.scale", [conv4])), x };
        foreach (var (index, narrow, wide, stride, padding) in ((int, int, int, int, int)[])[(1, 256, 512, 2, 1), (2, 128, 256, 2, 1), (3, 128, 256, 1, 0), (4, 128, 256, 1, 0)])
        {
            x = net.ConvRelu($"backbone.extra.{index}.2", net.ConvRelu($"backbone.extra.{index}.0", x, W(narrow), 1), W(wide), 3, stride, padding);
            levels.Add(x);
        }

        int[] anchors = [4, 6, 6, 6, 4, 4];
        var outputs = new Dictionary<string, string>();
        foreach (var (output, head, numbers) in ((string, string, int)[])[("class", "classification", classes), ("box", "regression", 4)])
        {
            for (var k = 0; k < levels.Count; k++)
            {
                outputs[$"{output}.{k}"] = net.Conv($"head.{head}_head.module_list.{k}", levels[k], anchors[k] * numbers, 3);
            }
        }

        return net.Build("ssd300-vgg16", Square(size), classes, ModelTask.Detect, outputs);
    }

    /// <summary>Faster R-CNN (Ren et al. 2015) on ResNet-50 with a feature pyramid (Lin et al. 2017) and frozen normalisation: 41,755,286 parameters at 91 classes, the background being class 0.</summary>
    public static ModelSpec FasterRcnn(int classes = 91, int size = 800, double width = 1)
    {
        var net = new ModelBuilder();
        var outputs = Regions(net, classes, size, RegionLayout.ResNet50(width), out _);
        return net.Build("faster-rcnn-resnet50-fpn", Square(size), classes, ModelTask.Detect, outputs);
    }

    /// <summary>Mask R-CNN (He et al. 2017) on ResNet-50 with a feature pyramid: 44,401,393 parameters at 91 classes, the background being class 0.</summary>
    public static ModelSpec MaskRcnn(int classes = 91, int size = 800, double width = 1)
    {
        var net = new ModelBuilder();
        var outputs = MaskHead(net, classes, size, RegionLayout.ResNet50(width), convolutions: 4);
        return net.Build("mask-rcnn-resnet50-fpn", Square(size), classes, ModelTask.Instances, outputs);
    }

    /// <summary>Faster R-CNN as above on a ResNet of one plain block a stage, with normalisation that learns, for minutes on a CPU: smaller anchors, and fewer regions.</summary>
    public static ModelSpec FasterRcnnTiny(int classes = 91, int size = 128)
    {
        var net = new ModelBuilder();
        return net.Build("faster-rcnn-tiny", Square(size), classes, ModelTask.Detect, Regions(net, classes, size, RegionLayout.Tiny, out _));
    }

    /// <summary>Mask R-CNN in the size of <see cref="FasterRcnnTiny"/>.</summary>
    public static ModelSpec MaskRcnnTiny(int classes = 91, int size = 128)
    {
        var net = new ModelBuilder();
        return net.Build("mask-rcnn-tiny", Square(size), classes, ModelTask.Instances, MaskHead(net, classes, size, RegionLayout.Tiny, convolutions: 2));
    }

    /// <summary>An SSD with normalisation that learns, on grids of 1/8 to 1/64 of the side, for minutes on a CPU; the background is class 0.</summary>
    /// <param name="size">Side of the square input, 64 or more.</param>
    public static ModelSpec SsdTiny(int classes = 91, int size = 128)
    {
        int[] channels = [16, 32, 64, 96, 128, 128], anchors = [4, 6, 6, 4];
        var net = new ModelBuilder();
        var (x, outputs) = (ModelSpec.InputName, new Dictionary<string, string>());
        for (var stage = 0; stage < channels.Length; stage++)
        {
            x = Unit($"stage{stage}.b", Unit($"stage{stage}.a", x, channels[stage], 2), channels[stage], 1);
            if (stage - 2 is >= 0 and var k)
            {
                outputs[$"class.{k}"] = net.Conv($"head{k}.class", x, anchors[k] * classes, 3);
                outputs[$"box.{k}"] = net.Conv($"head{k}.box", x, anchors[k] * 4, 3);
            }
        }

        return net.Build("ssd-tiny", Square(size), classes, ModelTask.Detect, outputs);

        string Unit(string name, string input, int width, int stride) =>
            net.Relu($"{name}.relu", net.Add(new BatchNorm($"{name}.norm", [net.Conv($"{name}.conv", input, width, 3, stride, bias: false)])));
    }

    /// <summary>Regions, the detections among them, and a head of <paramref name="convolutions"/> convolutions that gives each a mask.</summary>
    private static Dictionary<string, string> MaskHead(ModelBuilder net, int classes, int size, RegionLayout layout, int convolutions)
    {
        var outputs = Regions(net, classes, size, layout, out var levels);
        outputs["detections"] = net.Add(new Detections("detections", [outputs["regions"], outputs["class"], outputs["box"]], 100, 0.05, 0.5));
        var x = net.Add(new RoiAlign("roi_heads.mask_roi_pool", ["detections", .. levels], 14, 2));
        for (var i = 1; i <= convolutions; i++)
        {
            x = net.ConvRelu($"roi_heads.mask_head.mask_fcn{i}", x, layout.Channels, 3);
        }

        x = net.Relu("roi_heads.mask_predictor.relu", net.Add(new ConvTranspose2d("roi_heads.mask_predictor.conv5_mask", [x], layout.Channels, 2, 2, 0, Bias: true)));
        outputs["mask"] = net.Conv("roi_heads.mask_predictor.mask_fcn_logits", x, classes, 1);
        return outputs;
    }

    /// <summary>How large a detector by regions is.</summary>
    /// <param name="Backbone">Adds the stages; gives the output of each.</param>
    /// <param name="Channels">Of the pyramid and the heads on it.</param>
    /// <param name="Features">Of a region.</param>
    /// <param name="Anchors">Side of each level's anchors in pixels.</param>
    /// <param name="Count">Most regions of a picture, and of a level before suppression.</param>
    private sealed record RegionLayout(Func<ModelBuilder, string[]> Backbone, int Channels, int Features, int[] Anchors, int Count)
    {
        public static RegionLayout ResNet50(double width) => new(
            net => new Residuals(net, "backbone.body.", width) { Frozen = true }.Add([3, 4, 6, 3]), Zoo.Channels(256, width), Zoo.Channels(1024, width), [32, 64, 128, 256, 512], 1000);

        public static RegionLayout Tiny { get; } = new(
            net => new Residuals(net, "backbone.body.", 0.25) { Bottleneck = false }.Add([1, 1, 1, 1]), 32, 128, [12, 24, 48, 96, 128], 200);
    }

    /// <summary>Backbone, pyramid, proposals and box head; gives the outputs, and the pyramid's levels that regions are cut from.</summary>
    private static Dictionary<string, string> Regions(ModelBuilder net, int classes, int size, RegionLayout layout, out string[] levels)
    {
        const int Ratios = 3;
        levels = Pyramid(net, layout.Backbone(net), size, layout.Channels);
        string[] all = [.. levels, net.MaxPool("backbone.fpn.pool", levels[^1], 1, 2)];
        var outputs = new Dictionary<string, string>();
        for (var k = 0; k < all.Length; k++)
        {
            // One head reads every level: the first brings the weights, the others use them.
            string Head(string part, string input, int channels, int kernel) =>
                net.Conv(k == 0 ? $"rpn.head.{part}" : $"rpn.head.{part}.level{k}", input, channels, kernel, shared: k == 0 ? null : $"rpn.head.{part}");
            var x = net.Relu($"rpn.head.relu.level{k}", Head("conv", all[k], layout.Channels, 3));
            outputs[$"objectness.{k}"] = Head("cls_logits", x, Ratios, 1);
            outputs[$"anchor.{k}"] = Head("bbox_pred", x, 4 * Ratios, 1);
        }

        string[] inputs = [.. Enumerable.Range(0, all.Length).Select(k => outputs[$"objectness.{k}"]), .. Enumerable.Range(0, all.Length).Select(k => outputs[$"anchor.{k}"])];
        outputs["regions"] = net.Add(new Proposals("rpn.proposals", inputs, layout.Anchors, [0.5, 1, 2], layout.Count, layout.Count, 0.7));
        var pooled = net.Add(new Flatten("roi_heads.flatten", [net.Add(new RoiAlign("roi_heads.box_roi_pool", [outputs["regions"], .. levels], 7, 2))]));
        var box = net.LinearRelu("roi_heads.box_head.fc7", net.LinearRelu("roi_heads.box_head.fc6", pooled, layout.Features), layout.Features);
        outputs["class"] = net.Add(new Linear("roi_heads.box_predictor.cls_score", [box], classes));
        outputs["box"] = net.Add(new Linear("roi_heads.box_predictor.bbox_pred", [box], 4 * classes));
        return outputs;
    }

    /// <summary>A feature pyramid (Lin et al. 2017): each level is its stage and the coarser level, enlarged, finest first.</summary>
    private static string[] Pyramid(ModelBuilder net, string[] stages, int size, int channels)
    {
        var levels = new string[stages.Length];
        var above = "";
        for (var k = stages.Length - 1; k >= 0; k--)
        {
            var inner = net.Conv($"backbone.fpn.inner_blocks.{k}", stages[k], channels, 1);
            // Each stride-2 layer pads so that it halves and rounds up: stage k is at 1 / 2^(k + 2).
            above = above.Length == 0 ? inner : net.Add(new Add($"backbone.fpn.sum.{k}", [inner, net.Add(new Upsample($"backbone.fpn.upsample.{k}", [above], Halved(size, k + 2), Interpolation.Nearest))]));
            levels[k] = net.Conv($"backbone.fpn.layer_blocks.{k}", above, channels, 3);
        }

        return levels;
    }

    private static int Halved(int size, int times) => times == 0 ? size : Halved((size + 1) / 2, times - 1);
}
