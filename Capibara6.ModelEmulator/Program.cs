using Capibara6.ModelEmulator;

var app = ModelEmulatorHost.Build(args);
app.Run();
