package com.example;

final class Main {
  public static void main(String[] args) {}
}
