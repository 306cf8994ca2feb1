using Capibara6.Training.Routing;

const string Usage = """
    Trains what Capibara6 learns, and measures it.

      routing <train.jsonl> [--seed N] [--root FOLDER]   trains and cross-validates the router; writes its model and charts
    """;

if (args is ["routing", var data, .. var rest])
{
    return RoutingCommand.Run(data, rest);
}

Console.Error.WriteLine(Usage);
return 2;
