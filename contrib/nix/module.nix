{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.macveil;
  toml = pkgs.formats.toml { };
  wireless = config.networking.wireless;
  # A boolean since wpa_supplicant has a root directory of its own; before, a set.
  isControlled = wireless.userControlled.enable or wireless.userControlled;
  group = wireless.userControlled.group or "wpa_supplicant";
in
{
  options.services.macveil = {
    enable = lib.mkEnableOption "macveil, which hides a Wi-Fi card's MAC address";
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = lib.literalExpression "pkgs.callPackage ./package.nix { }";
      description = "The package to use.";
    };
    hooks.enable = lib.mkEnableOption "programs that run when a network is joined or left";
    settings = lib.mkOption {
      inherit (toml) type;
      default = { };
      example = {
        connection.cloned-mac-address = "stable-ssid";
        network = [
          {
            ssid = "Home";
            cloned-mac-address = "permanent";
          }
        ];
      };
      description = "The configuration: the keys of macveil.toml(5).";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    environment.etc."macveil/macveil.toml".source = toml.generate "macveil.toml" cfg.settings;

    services.macveil.settings = lib.mkIf (lib.isBool wireless.userControlled) {
      supplicant.ctrl-interface = lib.mkDefault "/run/wpa_supplicant/control";
    };

    users.users.macveil = {
      isSystemUser = true;
      group = "macveil";
    };
    users.groups.macveil = { };

    systemd.services.macveil-hooks = lib.mkIf cfg.hooks.enable {
      description = "Run programs when a card joins or leaves a network";
      wantedBy = [ "multi-user.target" ];
      after = [ "macveil.service" ];
      serviceConfig = {
        ExecStart = "${lib.getExe cfg.package} events --exec /etc/macveil/hooks.d --exec ${cfg.package}/lib/macveil/hooks.d";
        ExecStopPost = "-${pkgs.coreutils}/bin/env MACVEIL_EVENT=stopped ${cfg.package}/lib/macveil/hooks.d/50-dhcp";
        Restart = "on-failure";
        RestartSec = 1;
        KillMode = "process";
      };
    };

    systemd.services.macveil = {
      description = "Hides the MAC addresses of Wi-Fi cards";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-pre.target" ];
      before = [
        "network-pre.target"
        "wpa_supplicant.service"
        "iwd.service"
      ]
      ++ map (name: "wpa_supplicant-${name}.service") wireless.interfaces;
      after = [ "local-fs.target" ];
      serviceConfig = {
        Type = "notify";
        ExecStart = "${lib.getExe cfg.package} run";
        ExecReload = "${lib.getExe cfg.package} reload";
        Restart = "always";
        User = "macveil";
        Group = "macveil";
        # The group of the control socket of wpa_supplicant.
        SupplementaryGroups = lib.optional isControlled group;
        RuntimeDirectory = "macveil";
        RuntimeDirectoryPreserve = true;
        StateDirectory = "macveil";
        StateDirectoryMode = "0700";
        AmbientCapabilities = [ "CAP_NET_ADMIN" ];
        CapabilityBoundingSet = [ "CAP_NET_ADMIN" ];
        NoNewPrivileges = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        PrivateTmp = true;
        PrivateDevices = true;
        RestrictAddressFamilies = [
          "AF_UNIX"
          "AF_NETLINK"
        ];
      };
    };
  };
}
