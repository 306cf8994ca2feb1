using System.Globalization;
using System.Text.Json;
using Capibara6.Core.Routing;
using Capibara6.Training.Charts;
using Capibara6.Training.Routing;

namespace Capibara6.Tests.Training;

[TestClass]
public sealed class RouterTrainerTests
{
    [TestMethod]
    public void Train_SameSeed_GivesTheSameFile()
    {
        var rows = Rows();
        Assert.AreEqual(Json(new RouterTrainer(7).Train(rows)), Json(new RouterTrainer(7).Train(rows)));

        static string Json(RouterModel model) => JsonSerializer.Serialize(model, RouterModelJson.Default.RouterModel);
    }

    [TestMethod]
    public void CrossValidation_WhatCanBeLearned_IsLearnedAndCalibrated()
    {
        var judged = CrossValidation.Run(Rows(), 4, seed: 7);
        var choices = judged.Of("choices");
        Assert.IsGreaterThan(0.65, Apgr.Of(Apgr.Curve(choices.Rows, choices.Learned)));
        Assert.IsLessThan(0.1, choices.CalibrationError());
        var shares = judged.Shares(run => run.Learned);
        Assert.HasCount(101, shares);
        Assert.IsGreaterThan(shares[90], shares[10]);
    }

    [TestMethod]
    public void Apgr_Oracle_IsFarAboveChanceWhichIsAHalf()
    {
        RoutingRow[] rows = [.. Enumerable.Range(0, 1_000).Select(i => new RoutingRow("x", "p" + i, Weak: i % 2 == 0, Strong: i % 10 != 0))];
        Assert.IsGreaterThan(0.9, Apgr.Of(Apgr.Curve(rows, [.. rows.Select(row => row.Gain)])));
        Assert.AreEqual(0.5, Apgr.Of(Apgr.Curve(rows, [.. rows.Select((_, i) => (double)(i * 7_919 % 1_000))])), 0.05);
    }

    [TestMethod]
    public void Chart_Lines_AreDrawnWithinItsFrame()
    {
        var svg = new LineChart("Title", "x", "y", (0, 1), (0, 1)).Add("one", [(0, 0), (1, 1)]).ToSvg();
        Assert.Contains("points=\"64,344 616,40\"", svg);
        Assert.DoesNotContain("\r", svg);
    }

    // Choice questions about stars need the larger model four times in five, those about cats one time in ten.
    private static RoutingRow[] Rows()
    {
        var random = new Random(3);
        return
        [
            .. Enumerable.Range(0, 400).Select(i =>
            {
                var stars = i % 2 == 0;
                var weak = random.NextDouble() > (stars ? 0.8 : 0.1);
                return new RoutingRow("choices", $"Which of these {(stars ? "stars" : "cats")} is number {random.Next(50)}?\nA. one\nB. two\nAnswer:", weak, true);
            }),
            .. Enumerable.Range(0, 60).Select(i => new RoutingRow(
                "problems", string.Create(CultureInfo.InvariantCulture, $"Ann has {i} apples and gives {i % 7} of them to Bob every day. How many are left?"), i % 3 != 0, true)),
            .. Enumerable.Range(0, 20).Select(i => new RoutingRow("open", i % 2 == 0 ? $"Prove lemma {i} rigorously" : $"hello {i}", i % 2 == 1, true)),
        ];
    }
}
