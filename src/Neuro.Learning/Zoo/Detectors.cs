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
        var outputs = Regions(net, classes, size, width, out _);
        return net.Build("faster-rcnn-resnet50-fpn", Square(size), classes, ModelTask.Detect, outputs);
    }

    /// <summary>Mask R-CNN (He et al. 2017) on ResNet-50 with a feature pyramid: 44,401,393 parameters at 91 classes, the background being class 0.</summary>
    public static ModelSpec MaskRcnn(int classes = 91, int size = 800, double width = 1)
    {
        var net = new ModelBuilder();
        var outputs = Regions(net, classes, size, width, out var levels);
        outputs["detections"] = net.Add(new Detections("detections", [outputs["regions"], outputs["class"], outputs["box"]], 100, 0.05, 0.5));
        var x = net.Add(new RoiAlign("roi_heads.mask_roi_pool", ["detections", .. levels], 14, 2));
        for (var i = 1; i <= 4; i++)
        {
            x = net.ConvRelu($"roi_heads.mask_head.mask_fcn{i}", x, Channels(256, width), 3);
        }

        x = net.Relu("roi_heads.mask_predictor.relu", net.Add(new ConvTranspose2d("roi_heads.mask_predictor.conv5_mask", [x], Channels(256, width), 2, 2, 0, Bias: true)));
        outputs["mask"] = net.Conv("roi_heads.mask_predictor.mask_fcn_logits", x, classes, 1);
        return net.Build("mask-rcnn-resnet50-fpn", Square(size), classes, ModelTask.Instances, outputs);
    }

    /// <summary>Backbone, pyramid, proposals and box head; gives the outputs, and the pyramid's levels that regions are cut from.</summary>
    private static Dictionary<string, string> Regions(ModelBuilder net, int classes, int size, double width, out string[] levels)
    {
        const int Ratios = 3;
        var stages = new Residuals(net, "backbone.body.", width) { Frozen = true }.Add([3, 4, 6, 3]);
        levels = Pyramid(net, stages, size, Channels(256, width));
        string[] all = [.. levels, net.MaxPool("backbone.fpn.pool", levels[^1], 1, 2)];
        var outputs = new Dictionary<string, string>();
        for (var k = 0; k < all.Length; k++)
        {
            // One head reads every level: the first brings the weights, the others use them.
            string Head(string part, string input, int channels, int kernel) =>
                net.Conv(k == 0 ? $"rpn.head.{part}" : $"rpn.head.{part}.level{k}", input, channels, kernel, shared: k == 0 ? null : $"rpn.head.{part}");
            var x = net.Relu($"rpn.head.relu.level{k}", Head("conv", all[k], Channels(256, width), 3));
            outputs[$"objectness.{k}"] = Head("cls_logits", x, Ratios, 1);
            outputs[$"anchor.{k}"] = Head("bbox_pred", x, 4 * Ratios, 1);
        }

        string[] inputs = [.. Enumerable.Range(0, all.Length).Select(k => outputs[$"objectness.{k}"]), .. Enumerable.Range(0, all.Length).Select(k => outputs[$"anchor.{k}"])];
        outputs["regions"] = net.Add(new Proposals("rpn.proposals", inputs, [32, 64, 128, 256, 512], [0.5, 1, 2], 1000, 1000, 0.7));
        var pooled = net.Add(new Flatten("roi_heads.flatten", [net.Add(new RoiAlign("roi_heads.box_roi_pool", [outputs["regions"], .. levels], 7, 2))]));
        var box = net.LinearRelu("roi_heads.box_head.fc7", net.LinearRelu("roi_heads.box_head.fc6", pooled, Channels(1024, width)), Channels(1024, width));
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
